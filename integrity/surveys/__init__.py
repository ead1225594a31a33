"""Surveys of satisfaction 政务诚信满意度 (domain §17): making and publishing, answering, figures that reveal nobody."""
