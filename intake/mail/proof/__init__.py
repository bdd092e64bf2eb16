"""Who sent a mail: SPF, DKIM, DMARC, ARC and Authentication-Results. It judges, and changes and refuses nothing."""
