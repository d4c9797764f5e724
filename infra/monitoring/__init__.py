"""Alarms, dashboard and saved queries, and the topic that alarms go to."""
