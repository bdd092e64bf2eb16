"""Mails that are large, or were seen to do harm, are read in a process that may be ended (intake/apart/)."""
