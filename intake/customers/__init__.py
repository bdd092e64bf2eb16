"""What customers can do by themselves, and how they are reached."""
