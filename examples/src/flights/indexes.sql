CREATE INDEX flights_by_carrier ON flights (carrier, flight);
CREATE INDEX flights_by_origin ON flights (origin, time_hour);
CREATE INDEX flights_by_dest ON flights (dest, time_hour);
CREATE INDEX flights_by_tailnum ON flights (tailnum);
