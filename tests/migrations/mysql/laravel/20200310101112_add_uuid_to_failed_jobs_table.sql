alter table `failed_jobs` add `uuid` varchar(255) null after `id`;
update `failed_jobs` set `uuid` = uuid() where `uuid` is null;
ALTER TABLE failed_jobs CHANGE uuid uuid VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL COLLATE `utf8mb4_unicode_ci`;
alter table `failed_jobs` add unique `failed_jobs_uuid_unique`(`uuid`);
