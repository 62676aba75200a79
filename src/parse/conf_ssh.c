/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What opens a door by SSH: authorized_keys, known_hosts, and the settings of
 * sshd(8) and ssh(1). Keys are named by their fingerprint, which is what logs
 * have.
 */
#include "base/base.h"
#include "base/hash.h"
#include "parse/conf.h"

#define KEY_MAX ((size_t)8 << 10) /* of a key, decoded */

static bool is_key_type(struct bytes w)
{
	return bytes_starts(w, "ssh-") || bytes_starts(w, "ecdsa-sha2-") ||
	       bytes_starts(w, "sk-ssh-") || bytes_starts(w, "sk-ecdsa-");
}

/* Whose it is: of a home, or of the name in a folder for all of them. */
static struct bytes owner(struct bytes path)
{
	struct bytes account = path_account(path), name, at = path;
	size_t i;

	if (account.n)
		return account;
	/* /mnt/home/eve/.ssh/..., /var/lib/jenkins/.ssh/...: no passwd here
	 * says whose home that is, but its name mostly does. */
	if (bytes_find(path, "/.ssh/", &i)) {
		at.n = i;
		return bytes_file_name(at);
	}
	if (bytes_find(path, "etc/dropbear/", NULL))
		return bytes_str("root");
	name = bytes_file_name(path);
	return bytes_starts(name, "authorized_keys") ? bytes_str("") : name;
}

/* ---- a key ---- */

struct key {
	struct bytes type, blob, comment, options;
	char print[64]; /* SHA256:..., or empty */
	int64_t bits;   /* 0: not known */
};

/* The bits of the modulus: of "ssh-rsa", e, n. */
static int64_t rsa_bits(struct bytes blob)
{
	struct reader r = reader_of(blob);
	struct bytes n;
	int64_t bits;

	(void)rd_sshstr(&r);
	(void)rd_sshstr(&r);
	n = rd_sshstr(&r);
	while (n.n && n.p[0] == 0)
		n = bytes_skip(n, 1);
	if (r.bad || !n.n)
		return 0;
	bits = (int64_t)n.n * 8;
	for (uint8_t top = n.p[0]; !(top & 0x80); top = (uint8_t)(top << 1))
		bits--;
	return bits;
}

static int64_t bits_of(struct bytes type, struct bytes blob)
{
	static const struct {
		const char *words;
		int64_t bits;
	} known[] = {{"ed25519", 256},
		     {"nistp256", 256},
		     {"nistp384", 384},
		     {"nistp521", 521},
		     {"dss", 1024}};

	if (bytes_starts(type, "ssh-rsa"))
		return rsa_bits(blob);
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (bytes_find(type, known[i].words, NULL))
			return known[i].bits;
	return 0;
}

/* False: what stands there is no key. */
static bool decode(struct key *key)
{
	uint8_t blob[KEY_MAX], hash[SHA256_LEN];
	struct reader r;
	char *print;
	size_t n;

	if (key->blob.n > KEY_MAX ||
	    !base64_decode(key->blob, blob, sizeof blob, &n))
		return false;
	r = reader_of(bytes_of(blob, n));
	if (!is_key_type(rd_sshstr(&r)) || r.bad)
		return false;
	hash_sha256(bytes_of(blob, n), hash);
	print = base64_encode(bytes_of(hash, sizeof hash), false);
	(void)snprintf(key->print, sizeof key->print, "SHA256:%s", print);
	free(print);
	key->bits = bits_of(key->type, bytes_of(blob, n));
	return true;
}

/* Options up to a blank outside of quotes. */
static struct bytes take_options(struct bytes *rest)
{
	struct bytes options = *rest;
	bool quoted = false;
	size_t i = 0;

	for (; i < rest->n; i++) {
		uint8_t c = rest->p[i];

		if (c == '\\' && i + 1 < rest->n && rest->p[i + 1] == '"') {
			i++;
			continue;
		}
		quoted ^= c == '"';
		if (!quoted && (c == ' ' || c == '\t'))
			break;
	}
	options.n = MIN(i, rest->n);
	*rest = bytes_trim(bytes_skip(*rest, i));
	return options;
}

static bool read_key(struct bytes line, struct key *key)
{
	struct bytes rest = line, word = take_word(&rest);

	*key = (struct key){.type = word};
	if (!is_key_type(word)) {
		rest = line;
		key->options = take_options(&rest);
		key->type = take_word(&rest);
	}
	key->blob = take_word(&rest);
	key->comment = rest;
	return is_key_type(key->type) && decode(key);
}

/* The value of an option, without its quotes; empty: it has none. */
static struct bytes option(struct bytes options, const char *name)
{
	struct bytes rest = options;
	size_t n = strlen(name);

	while (rest.n) {
		struct bytes one = rest;
		bool quoted = false;
		size_t i = 0;

		for (; i < rest.n && (quoted || rest.p[i] != ','); i++) {
			if (rest.p[i] == '\\' && i + 1 < rest.n)
				i++;
			else
				quoted ^= rest.p[i] == '"';
		}
		one.n = MIN(i, rest.n);
		rest = bytes_skip(rest, i + 1);
		if (bytes_starts_nocase(one, name) && one.n > n &&
		    one.p[n] == '=')
			return unquoted(bytes_skip(one, n + 1));
	}
	return bytes_str("");
}

/* ---- authorized_keys ---- */

static bool is_authorized(struct bytes line)
{
	struct key key;

	return read_key(bytes_trim(line), &key);
}

unsigned authorized_keys_score(const struct parse_input *in)
{
	return conf_score(in,
			  PATHS("authorized_keys*", "authorized_keys*/*",
				"authorized-keys/*", "ssh/keys/*"),
			  is_authorized);
}

enum err_code authorized_keys_run(const struct parse_input *in,
				  const struct parse_out *out, struct err *err)
{
	struct conf_line line;
	struct conf c;
	struct key key;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		if (!read_key(line.text, &key)) {
			conf_problem(&c, line.offset, "no key");
			continue;
		}
		fact_begin(&c, "authorized_key", bytes_str(key.print), &line);
		fact_text(&c, "account", owner(in->path));
		fact_text(&c, "type", key.type);
		if (key.bits)
			fact_int(&c, "bits", key.bits);
		fact_text(&c, "comment", key.comment);
		fact_text(&c, "options", key.options);
		fact_text(&c, "command", option(key.options, "command"));
		fact_text(&c, "from", option(key.options, "from"));
		fact_text(&c, "source", bytes_file_name(in->path));
		fact_tell(&c);
	}
	return conf_end(&c);
}

/* ---- known_hosts ---- */

static bool read_known(struct bytes line, struct bytes *hosts, struct key *key)
{
	struct bytes rest = bytes_trim(line);

	*hosts = take_word(&rest);
	*key = (struct key){.options = bytes_str("")};
	if (hosts->n && hosts->p[0] == '@') /* @cert-authority, @revoked */
		*hosts = take_word(&rest);
	key->type = take_word(&rest);
	key->blob = take_word(&rest);
	return is_key_type(key->type) && decode(key);
}

static bool is_known(struct bytes line)
{
	struct bytes hosts;
	struct key key;

	return read_known(line, &hosts, &key);
}

unsigned known_hosts_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("known_hosts*", "ssh_known_hosts*"),
			  is_known);
}

enum err_code known_hosts_run(const struct parse_input *in,
			      const struct parse_out *out, struct err *err)
{
	struct bytes hosts;
	struct conf_line line;
	struct conf c;
	struct key key;

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		if (!read_known(line.text, &hosts, &key)) {
			conf_problem(&c, line.offset, "no line of known_hosts");
			continue;
		}
		fact_begin(&c, "known_host", hosts, &line);
		fact_text(&c, "account",
			  bytes_find(in->path, "/.ssh/", NULL) ? owner(in->path)
							       : bytes_str(""));
		fact_text(&c, "type", key.type);
		fact_str(&c, "fingerprint", key.print);
		fact_tell(&c);
	}
	return conf_end(&c);
}

/* ---- sshd_config and ssh_config ---- */

#define WORD_MAX 64u

static bool is_setting(struct bytes line)
{
	struct bytes key, value;

	if (!take_setting(bytes_trim(line), " \t=", &key, &value) || !value.n)
		return false;
	for (size_t i = 0; i < key.n; i++)
		if (!((key.p[i] >= 'a' && key.p[i] <= 'z') ||
		      (key.p[i] >= 'A' && key.p[i] <= 'Z') ||
		      (key.p[i] >= '0' && key.p[i] <= '9')))
			return false;
	return true;
}

unsigned sshd_config_score(const struct parse_input *in)
{
	return conf_score(in, PATHS("sshd_config", "sshd_config.d/*"),
			  is_setting);
}

enum err_code sshd_config_run(const struct parse_input *in,
			      const struct parse_out *out, struct err *err)
{
	struct bytes key, value, match = {0};
	struct conf_line line;
	struct conf c;
	char word[WORD_MAX];

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		if (!take_setting(line.text, " \t=", &key, &value)) {
			conf_problem(&c, line.offset, "no setting");
			continue;
		}
		if (bytes_eq_nocase(key, "match")) {
			match = bytes_eq_nocase(value, "all") ? bytes_str("")
							      : value;
			continue;
		}
		fact_begin(&c, "sshd_setting", lower(key, word, sizeof word),
			   &line);
		fact_text(&c, "value", value);
		fact_text(&c, "match", match);
		fact_tell(&c);
	}
	return conf_end(&c);
}

unsigned ssh_config_score(const struct parse_input *in)
{
	return conf_score(in,
			  PATHS(".ssh/config", "ssh/ssh_config",
				"ssh_config.d/*", ".ssh/config.d/*",
				".ssh/conf.d/*"),
			  is_setting);
}

/* Those that run something, lead elsewhere, or let another in. */
static bool is_of_interest(struct bytes key)
{
	static const char *const keys[] = {"proxycommand",
					   "proxyjump",
					   "localcommand",
					   "permitlocalcommand",
					   "knownhostscommand",
					   "remotecommand",
					   "localforward",
					   "remoteforward",
					   "dynamicforward",
					   "include",
					   "identityfile",
					   "identityagent",
					   "hostname",
					   "port",
					   "user",
					   "forwardagent",
					   "forwardx11",
					   "stricthostkeychecking",
					   "userknownhostsfile",
					   "globalknownhostsfile",
					   "pkcs11provider",
					   "securitykeyprovider",
					   "controlmaster",
					   "controlpath",
					   "controlpersist",
					   "sendenv",
					   "setenv",
					   "tunnel",
					   "xauthlocation",
					   "certificatefile"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (bytes_eq_nocase(key, keys[i]))
			return true;
	return false;
}

enum err_code ssh_config_run(const struct parse_input *in,
			     const struct parse_out *out, struct err *err)
{
	struct bytes key, value, host = {0};
	bool own = bytes_find(in->path, "/.ssh/", NULL);
	struct conf_line line;
	struct conf c;
	char word[WORD_MAX];

	conf_begin(&c, in, out, err);
	while (conf_next_said(&c, NULL, &line)) {
		if (!take_setting(line.text, " \t=", &key, &value)) {
			conf_problem(&c, line.offset, "no setting");
			continue;
		}
		if (bytes_eq_nocase(key, "host")) {
			host = value;
			continue;
		}
		if (bytes_eq_nocase(key, "match")) {
			host = line.text; /* "Match exec ..." runs it */
			if (!bytes_find(value, "exec", NULL))
				continue;
		} else if (!is_of_interest(key)) {
			continue;
		}
		fact_begin(&c, "ssh_setting", lower(key, word, sizeof word),
			   &line);
		fact_text(&c, "value", value);
		fact_text(&c, "host", host);
		fact_text(&c, "account", own ? owner(in->path) : bytes_str(""));
		fact_tell(&c);
	}
	return conf_end(&c);
}
