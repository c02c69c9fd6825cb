-- A copy of a database must never issue an invoice in the name of the company.
UPDATE res_company
   SET ksef_is_enabled = false,
       ksef_environment = 'test',
       ksef_token = NULL,
       ksef_certificate_id = NULL,
       ksef_offline_certificate_id = NULL;
-- Keys with which nothing is left to do; the files with their content go with the next vacuum.
DELETE FROM certificate_key
 WHERE id IN (SELECT private_key_id FROM certificate_certificate
               WHERE scope IN ('ksef_authentication', 'ksef_offline')
               UNION SELECT key_id FROM ksef_enrollment)
   AND id NOT IN (SELECT private_key_id FROM certificate_certificate
                   WHERE private_key_id IS NOT NULL
                     AND scope IS DISTINCT FROM 'ksef_authentication'
                     AND scope IS DISTINCT FROM 'ksef_offline');
DELETE FROM certificate_certificate
 WHERE scope IN ('ksef_authentication', 'ksef_offline');
-- Without its connection a row is not taken for the work of a process that died.
UPDATE ksef_login
   SET state = 'ended',
       retry_at = NULL,
       connection = NULL,
       authentication_token = NULL,
       access_token = NULL,
       refresh_token = NULL
 WHERE state <> 'ended';
UPDATE ksef_session
   SET retry_at = NULL,
       connection = NULL,
       encryption_key = NULL,
       initialization_vector = NULL,
       uploads = NULL;
UPDATE ksef_submission
   SET retry_at = NULL,
       connection = NULL,
       upo_url = NULL;
UPDATE ksef_enrollment
   SET retry_at = NULL,
       connection = NULL;
UPDATE ksef_token
   SET retry_at = NULL,
       connection = NULL,
       secret = NULL;
UPDATE ksef_fetch
   SET retry_at = NULL,
       connection = NULL,
       encryption_key = NULL,
       initialization_vector = NULL;
