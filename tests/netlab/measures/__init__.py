"""What is measured of a story, for its targets: each public function makes (or is) one `Measure`."""
