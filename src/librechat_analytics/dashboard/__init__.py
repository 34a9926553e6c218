"""The dashboard: a static page whose figures arrive by one callback per view."""

from librechat_analytics.dashboard.app import mount_dashboard

__all__ = ["mount_dashboard"]
