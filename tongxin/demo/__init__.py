"""The demonstration: Tong'anyi and a smaller neighbour, invented people, told as scenes of real actions.

Only the totals of the published account of 2023 are taken over; every person, place name and date is made up.
"""
