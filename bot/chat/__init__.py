"""The customers' private chats."""
