CREATE INDEX flights_by_carrier ON flights (carrier, flight);
CREATE INDEX flights_by_origin ON flights (origin, time_hour);
CREATE INDEX flights_by_dest ON flights (dest, time_hour);
CREATE INDEX flights_by_tailnum ON flights (tailnum);

-- The orders that the API offers, alone where the table does not have them, and of one carrier.
CREATE INDEX flights_by_delay ON flights (arr_delay, id);
CREATE INDEX flights_by_carrier_id ON flights (carrier, id);
CREATE INDEX flights_by_carrier_time ON flights (carrier, time_hour, flight);
CREATE INDEX flights_by_carrier_delay ON flights (carrier, arr_delay, id);
