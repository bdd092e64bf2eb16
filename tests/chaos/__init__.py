"""Mail servers, chats and agents around real processes that are killed at chosen moments; laws hold at the end."""
