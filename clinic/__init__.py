"""What a consultation is: pure rules, and the one store that makes them durable."""
