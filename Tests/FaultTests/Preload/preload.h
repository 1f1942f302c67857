/* What both preloaded libraries need. They make the system calls themselves: the C library's functions of these names
   are the ones they stand in for. */
#ifndef KINDRED_PRELOAD_H
#define KINDRED_PRELOAD_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The absolute path, symbolic links followed, of the directory whose files are meant; empty until it is known. */
static char watched[PATH_MAX];

static int is_watched(const char *path) {
  size_t length = strlen(watched);
  return length > 0 && strncmp(path, watched, length) == 0 && (path[length] == '/' || path[length] == 0);
}

/* The path of an open file; empty for pipes and what else has none. */
static void path_of_descriptor(int descriptor, char path[PATH_MAX]) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t count = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
  path[count > 0 ? count : 0] = 0;
  if (path[0] != '/') path[0] = 0;
}

static void take_watched(const char *variable) {
  const char *directory = getenv(variable);
  if (directory) snprintf(watched, sizeof watched, "%s", directory);
}

/* For a failure of the library itself, which must not pass for one of the program. */
static void give_up(const char *what) {
  char text[256];
  int count = snprintf(text, sizeof text, "preloaded library: %s: errno %d\n", what, errno);
  syscall(SYS_write, 2, text, (size_t)count);
  abort();
}

/* Writes at the place given, or at the descriptor's own where it is negative. */
static ssize_t write_parts(int descriptor, const struct iovec *parts, int count, off_t offset) {
  if (offset < 0) return syscall(SYS_writev, descriptor, parts, count);
  /* The offset takes two words; the second one is for the high half on machines of 32 bits. */
  return syscall(SYS_pwritev, descriptor, parts, count, offset, 0);
}

/* The forms in which a program may write, all led to WRITE(descriptor, parts, count, offset). */
#define WRITE_FORM(NAME, OFFSET_TYPE, WRITE)                                                                  \
  ssize_t NAME(int descriptor, const void *bytes, size_t count, OFFSET_TYPE offset) {                         \
    struct iovec part = {(void *)bytes, count};                                                               \
    return WRITE(descriptor, &part, 1, offset);                                                               \
  }
#define WRITE_PARTS_FORM(NAME, OFFSET_TYPE, WRITE)                                                            \
  ssize_t NAME(int descriptor, const struct iovec *parts, int count, OFFSET_TYPE offset) {                    \
    return WRITE(descriptor, parts, count, offset);                                                           \
  }
#define WRITE_FORMS(WRITE)                                                                                    \
  WRITE_FORM(pwrite, off_t, WRITE)                                                                            \
  WRITE_FORM(pwrite64, off64_t, WRITE)                                                                        \
  WRITE_PARTS_FORM(pwritev, off_t, WRITE)                                                                     \
  WRITE_PARTS_FORM(pwritev64, off64_t, WRITE)                                                                 \
  ssize_t write(int descriptor, const void *bytes, size_t count) {                                            \
    struct iovec part = {(void *)bytes, count};                                                               \
    return WRITE(descriptor, &part, 1, -1);                                                                   \
  }                                                                                                           \
  ssize_t writev(int descriptor, const struct iovec *parts, int count) {                                      \
    return WRITE(descriptor, parts, count, -1);                                                               \
  }

/* The forms of open, all led to OPEN(directory, path, flags, mode). */
#define OPEN_BODY(OPEN, DIRECTORY)                                                                            \
  {                                                                                                           \
    va_list rest;                                                                                             \
    va_start(rest, flags);                                                                                    \
    mode_t mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(rest, mode_t) : 0;                                 \
    va_end(rest);                                                                                             \
    return OPEN(DIRECTORY, path, flags, mode);                                                                \
  }
#define OPEN_FORMS(OPEN)                                                                                      \
  int open(const char *path, int flags, ...) OPEN_BODY(OPEN, AT_FDCWD)                                        \
  int open64(const char *path, int flags, ...) OPEN_BODY(OPEN, AT_FDCWD)                                      \
  int openat(int directory, const char *path, int flags, ...) OPEN_BODY(OPEN, directory)                      \
  int openat64(int directory, const char *path, int flags, ...) OPEN_BODY(OPEN, directory)                    \
  int creat(const char *path, mode_t mode) {                                                                  \
    return OPEN(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);                                          \
  }

#endif
