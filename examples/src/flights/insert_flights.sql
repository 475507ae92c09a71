-- From a row of the file to a row of the table: the times of day that the file leaves out are
-- the scheduled ones plus the delay, written hhmm, midnight as 2400.
INSERT INTO flights
SELECT
    NULL, 2013, month, day,
    departure / 60 * 100 + departure % 60, sched_dep_time, dep_delay,
    coalesce(arr_time, arrival / 60 * 100 + arrival % 60), sched_arr_time, arr_delay,
    carrier, flight, tailnum, origin, dest, air_time, distance,
    sched_dep_time / 100, sched_dep_time % 100, time_hour
FROM (
    SELECT
        *,
        (sched_dep_time / 100 * 60 + sched_dep_time % 100 + dep_delay + 1439) % 1440 + 1
            AS departure,
        (sched_arr_time / 100 * 60 + sched_arr_time % 100 + arr_delay + 1439) % 1440 + 1
            AS arrival
    FROM file
)
