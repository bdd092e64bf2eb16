"""What programs write: automatic answers, bounces, complaints, receipts. Pure: it reads and judges, sends nothing."""
