/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal, given back in an emergency. */
#include "base/base.h"

#include <signal.h>
#include <termios.h>

#include "ui/rescue.h"

#define BYTES_MAX 512

static struct {
	volatile sig_atomic_t is_needed;
	char bytes[BYTES_MAX];
	size_t n;
	struct termios before;
	struct sigaction old[NSIG];
} saved;

static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

enum err_code rescue_remember(struct err *err)
{
	if (tcgetattr(STDIN_FILENO, &saved.before) < 0)
		return err_errno(err, "reading the terminal's settings");
	return ERR_OK;
}

static void rescue(void)
{
	ssize_t n;

	if (!saved.is_needed)
		return;
	saved.is_needed = 0;
	n = write(STDOUT_FILENO, saved.bytes, saved.n);
	(void)n; /* nothing can be done about it here */
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &saved.before);
}

static void on_crash(int sig)
{
	rescue();
	(void)sigaction(sig, &saved.old[sig], NULL);
	(void)raise(sig);
}

void rescue_arm(struct bytes give_back)
{
	struct sigaction sa = {.sa_handler = on_crash};

	saved.n = MIN(give_back.n, (size_t)BYTES_MAX);
	if (saved.n)
		memcpy(saved.bytes, give_back.p, saved.n);
	saved.is_needed = 1;
	(void)sigemptyset(&sa.sa_mask);
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		(void)sigaction(crashes[i], &sa, &saved.old[crashes[i]]);
	bug_set_hook(rescue);
}

void rescue_disarm(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		(void)sigaction(crashes[i], &saved.old[crashes[i]], NULL);
	bug_set_hook(NULL);
	saved.is_needed = 0;
}

void rescue_needed(bool yes)
{
	saved.is_needed = yes;
}
