/* What the files of tests/support share among themselves. */
#ifndef GOCKER_KEEP_H
#define GOCKER_KEEP_H

/* A sanitized program runs several times slower, and so does any in a machine that is emulated: all time
 * limits are multiplied by slowdown(). */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif
#define SLOWDOWN (SANITIZED ? 5 : 1)
int slowdown(void);

/* Hold on to POINTER until the test's process ends, so that a test need not free what it is given and the
 * leak checker still finds every leak of the code under test. Returns POINTER. */
void *keep(void *pointer);

#endif
