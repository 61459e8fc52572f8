"""The parts of judge_scripts.py."""
