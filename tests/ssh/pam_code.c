/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PAM module for the tests: a second question, as modules for one-time
 * codes put it, after telling where the code went. The code is 123456.
 */
#include <stdlib.h>
#include <string.h>

#include <security/pam_modules.h>

int pam_sm_authenticate(pam_handle_t *pam, int flags, int argc,
			const char **argv)
{
	const struct pam_message told = {.msg_style = PAM_TEXT_INFO,
					 .msg = "Sent to the phone *17"};
	const struct pam_message ask = {.msg_style = PAM_PROMPT_ECHO_ON,
					.msg = "Verification code: "};
	const struct pam_message *all[] = {&told, &ask};
	struct pam_response *answers = NULL;
	const void *item;
	const struct pam_conv *conv;
	int rc = PAM_AUTH_ERR;

	(void)flags;
	(void)argc;
	(void)argv;
	if (pam_get_item(pam, PAM_CONV, &item) != PAM_SUCCESS || !item)
		return PAM_AUTH_ERR;
	conv = item;
	/* sshd's method "password" has one answer, and no way to ask. */
	if (conv->conv(2, all, &answers, conv->appdata_ptr) != PAM_SUCCESS ||
	    !answers)
		return PAM_IGNORE;
	if (answers[1].resp && strcmp(answers[1].resp, "123456") == 0)
		rc = PAM_SUCCESS;
	free(answers[0].resp);
	free(answers[1].resp);
	free(answers);
	return rc;
}

int pam_sm_setcred(pam_handle_t *pam, int flags, int argc, const char **argv)
{
	(void)pam;
	(void)flags;
	(void)argc;
	(void)argv;
	return PAM_SUCCESS;
}
