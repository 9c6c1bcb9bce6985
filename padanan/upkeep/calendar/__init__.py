"""The calendar: what is due when, from the decree date, the contracts and the year's plan, and how it stands on a day.

Taking deliveries in belongs to delivery, what was agreed to the plan; here dates are only computed and shown.
"""
