-- A copy of a database must never issue an invoice in the name of the company.
UPDATE res_company
   SET ksef_is_enabled = false,
       ksef_environment = 'test',
       ksef_token = NULL,
       ksef_certificate_id = NULL,
       ksef_offline_certificate_id = NULL;
UPDATE ksef_login
   SET state = 'ended',
       retry_at = NULL,
       authentication_token = NULL,
       access_token = NULL,
       refresh_token = NULL
 WHERE state <> 'ended';
UPDATE ksef_session
   SET retry_at = NULL,
       encryption_key = NULL,
       initialization_vector = NULL,
       uploads = NULL;
UPDATE ksef_submission
   SET retry_at = NULL,
       upo_url = NULL;
UPDATE ksef_enrollment
   SET retry_at = NULL;
UPDATE ksef_token
   SET retry_at = NULL,
       secret = NULL;
