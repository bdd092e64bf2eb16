"""What is wrapped in another format: winmail.dat, S/MIME, PGP, calendar invitations. Pure, bounded, total."""
