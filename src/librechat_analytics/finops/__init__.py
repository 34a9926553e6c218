"""Managing money: the definitions file, budgets, forecasts, anomalies, alerts and reports."""
