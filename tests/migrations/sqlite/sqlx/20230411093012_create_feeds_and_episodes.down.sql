drop table episodes;
drop table feeds;
