"""Split a message into new words, what it quotes, and its signature."""
