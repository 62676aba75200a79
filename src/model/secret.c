/* SPDX-License-Identifier: Apache-2.0 */
/* Files that hold passwords, keys and tokens, by where they lie. */
#include "base/base.h"
#include "model/secret.h"

static const struct secret_place places[] = {
	{"*/etc/shadow", SECRECY_HASHES, false},
	{"*/etc/shadow[-+]", SECRECY_HASHES, false},
	{"*/etc/gshadow", SECRECY_HASHES, false},
	{"*/etc/gshadow[-+]", SECRECY_HASHES, false},
	{"*/etc/passwd", SECRECY_HASHES, true}, /* of old */
	{"*/etc/passwd-", SECRECY_HASHES, true},
	{"*/etc/master.passwd", SECRECY_HASHES, false},
	{"*/var/backups/*shadow*", SECRECY_HASHES, false},
	{"*/etc/security/opasswd*", SECRECY_METADATA, false},
	{"*/etc/spwd.db", SECRECY_METADATA, false},
	{"*/.ssh/id_*.pub", SECRECY_NONE, false},
	{"*/.ssh/id_*", SECRECY_KEY, false},
	{"*/etc/ssh/ssh_host_*_key", SECRECY_KEY, false},
	{"*.ppk", SECRECY_METADATA, false},
	{"*.p12", SECRECY_METADATA, false},
	{"*.pfx", SECRECY_METADATA, false},
	{"*.jks", SECRECY_METADATA, false},
	{"*.kdbx", SECRECY_METADATA, false},
	{"*.keytab", SECRECY_METADATA, false},
	{"*/.gnupg/private-keys-v1.d/*", SECRECY_METADATA, false},
	{"*/.gnupg/secring.gpg", SECRECY_METADATA, false},
	{"*/.netrc", SECRECY_METADATA, false},
	{"*/.pgpass", SECRECY_METADATA, false},
	{"*/.my.cnf", SECRECY_METADATA, false},
	{"*/.mylogin.cnf", SECRECY_METADATA, false},
	{"*/.git-credentials", SECRECY_METADATA, false},
	{"*/.config/git/credentials", SECRECY_METADATA, false},
	{"*/.npmrc", SECRECY_METADATA, false},
	{"*/.pypirc", SECRECY_METADATA, false},
	{"*/.s3cfg", SECRECY_METADATA, false},
	{"*/.boto", SECRECY_METADATA, false},
	{"*/.vault-token", SECRECY_METADATA, false},
	{"*/.aws/credentials", SECRECY_METADATA, false},
	{"*/.aws/*/cache/*", SECRECY_METADATA, false},
	{"*/.azure/*oken*", SECRECY_METADATA, false},
	{"*/.azure/msal_*", SECRECY_METADATA, false},
	{"*/gcloud/*credentials*", SECRECY_METADATA, false},
	{"*/gcloud/access_tokens.db", SECRECY_METADATA, false},
	{"*/.kube/config", SECRECY_METADATA, false},
	{"*/.docker/config.json", SECRECY_METADATA, false},
	{"*/gh/hosts.yml", SECRECY_METADATA, false},
	{"*/.terraform.d/credentials*", SECRECY_METADATA, false},
	{"*/rclone/rclone.conf", SECRECY_METADATA, false},
	{"*/run/secrets/*", SECRECY_METADATA, false},
	{"*/etc/kubernetes/*.conf", SECRECY_METADATA, false},
	{"*/logins.json", SECRECY_METADATA, false},
	{"*/key[34].db", SECRECY_METADATA, false},
	{"*/signons.sqlite", SECRECY_METADATA, false},
	{"*/Login Data*", SECRECY_METADATA, false},
	{"*/etc/NetworkManager/system-connections/*", SECRECY_METADATA, false},
	{"*/etc/wpa_supplicant/*", SECRECY_METADATA, false},
	{"*/etc/ppp/*-secrets", SECRECY_METADATA, false},
	{"*/etc/ipsec.secrets", SECRECY_METADATA, false},
	{"/proc/*/environ", SECRECY_METADATA, false},
};

const struct secret_place *secret_place(size_t i)
{
	return i < ARRAY_SIZE(places) ? &places[i] : NULL;
}
