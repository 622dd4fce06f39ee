"""Figures of speed, each as ratios or CPU seconds of one run; JSON on standard output."""
