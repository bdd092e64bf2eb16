"""The after-sales case on its customer's side: what he is asked, what he answers, what is said back to him."""
