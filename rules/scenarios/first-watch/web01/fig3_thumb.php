<?php exit; /* INERT TRAINING FILE
INERT-TRAINING-SAMPLE WEBSHELL/1
This file ends before it begins. It stands for a web shell: what such a file
would use is only named here: eval, base64_decode, the POST variables.
*/
