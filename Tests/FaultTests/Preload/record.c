/* Preloaded by tests: writes down, in the order in which it happens, every change that a process makes to the files of
   one directory, every sync of them, and its standard output. PowerCut.swift makes of it what a power cut may leave.

   KINDRED_RECORD names the file to write to, KINDRED_RECORD_UNDER the directory. A record is, little endian: kind and
   flags (4 bytes each), the file's number, an offset and a length (8 bytes each), and `length` bytes. */
#include "preload.h"

#include <linux/fs.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/ioctl.h>

enum kind {
  /* A file is met for the first time, or made, or emptied: its path. */
  OPEN = 1,
  /* Bytes at an offset; flag 1: they are durable when the call returns. */
  WRITE,
  /* All that was done to the file before is durable; of a directory: names. */
  SYNC,
  /* The file's length is `offset` now. */
  RESIZE,
  /* Two paths, with a zero byte between them. */
  RENAME,
  LINK,
  UNLINK,
  /* Bytes that went to the standard output. */
  OUTPUT,
  /* A change that this library cannot follow, in words. */
  ESCAPE,
};
enum { CREATED = 1, TRUNCATED = 2, DIRECTORY = 4, DURABLE = 1 };

struct header {
  uint32_t kind, flags;
  uint64_t file, offset, length;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int log_file = -1;

/* The files met so far, by inode: any descriptor leads to its file, however it came to be. */
static struct {
  dev_t device;
  ino_t inode;
  uint64_t number;
} files[4096];
static int file_count = 0;
static uint64_t last_number = 0;

__attribute__((constructor)) static void start(void) {
  const char *path = getenv("KINDRED_RECORD");
  if (!path) return;
  take_watched("KINDRED_RECORD_UNDER");
  log_file = (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (log_file < 0) give_up("opening the record");
}

static size_t byte_count(const struct iovec *parts, int count) {
  size_t total = 0;
  for (int index = 0; index < count; index++) total += parts[index].iov_len;
  return total;
}

static void put(enum kind kind, uint32_t flags, uint64_t file, uint64_t offset, struct iovec *parts, int count) {
  struct iovec all[1 + 1024];
  struct header header = {kind, flags, file, offset, byte_count(parts, count)};
  if (log_file < 0 || count > 1024) give_up("recording");
  all[0] = (struct iovec){&header, sizeof header};
  memcpy(all + 1, parts, (size_t)count * sizeof *parts);
  ssize_t done = syscall(SYS_writev, log_file, all, count + 1);
  if (done != (ssize_t)(sizeof header + header.length)) give_up("recording");
}

static void put_text(enum kind kind, uint32_t flags, uint64_t file, const char *text) {
  struct iovec part = {(void *)text, strlen(text)};
  put(kind, flags, file, 0, &part, 1);
}

static void escape(const char *what, const char *path) {
  char text[PATH_MAX + 64];
  snprintf(text, sizeof text, "%s %s", what, path);
  put_text(ESCAPE, 0, 0, text);
}

/* The number of an open file of the directory, or of the directory itself; 0 for any other. Under the lock. */
static uint64_t number_of(int descriptor, uint32_t flags) {
  struct stat status;
  if (log_file < 0 || fstat(descriptor, &status) != 0) return 0;
  if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode)) return 0;
  int index = 0;
  while (index < file_count
         && (files[index].device != status.st_dev || files[index].inode != status.st_ino)) index++;
  if (index < file_count && !(flags & CREATED)) {
    if (flags & TRUNCATED) {
      struct iovec none = {0, 0};
      put(RESIZE, 0, files[index].number, 0, &none, 1);
    }
    return files[index].number;
  }
  char path[PATH_MAX];
  path_of_descriptor(descriptor, path);
  if (!is_watched(path)) return 0;
  if (index == file_count) {
    if (file_count == sizeof files / sizeof *files) give_up("too many files");
    file_count++;
  }
  files[index].device = status.st_dev;
  files[index].inode = status.st_ino;
  files[index].number = ++last_number;
  put_text(OPEN, flags | (S_ISDIR(status.st_mode) ? DIRECTORY : 0), last_number, path);
  return last_number;
}

static int recorded_open(int directory, const char *path, int flags, mode_t mode) {
  pthread_mutex_lock(&lock);
  struct stat before;
  int isNew = (flags & O_CREAT) && fstatat(directory, path, &before, 0) != 0;
  int descriptor = (int)syscall(SYS_openat, directory, path, flags, mode);
  int number = errno;
  if (descriptor >= 0) number_of(descriptor, (isNew ? CREATED : 0) | (flags & O_TRUNC ? TRUNCATED : 0));
  pthread_mutex_unlock(&lock);
  errno = number;
  return descriptor;
}

OPEN_FORMS(recorded_open)

/* The parts that hold the first `length` bytes, cut where they end; returns how many. */
static int cut(struct iovec *parts, int count, size_t length) {
  int used = 0;
  while (used < count && length > 0) {
    if (parts[used].iov_len > length) parts[used].iov_len = length;
    length -= parts[used++].iov_len;
  }
  return used;
}

static ssize_t recorded_write(int descriptor, const struct iovec *parts, int count, off_t offset) {
  pthread_mutex_lock(&lock);
  uint64_t file = descriptor == 1 ? 0 : number_of(descriptor, 0);
  int flags = file ? fcntl(descriptor, F_GETFL) : 0;
  off_t place = offset >= 0 ? offset : file ? lseek(descriptor, 0, flags & O_APPEND ? SEEK_END : SEEK_CUR) : 0;
  ssize_t done = write_parts(descriptor, parts, count, offset);
  int number = errno;
  if (done > 0 && log_file >= 0 && (file || descriptor == 1)) {
    struct iovec written[1024];
    if (count > 1024) give_up("too many parts");
    memcpy(written, parts, (size_t)count * sizeof *parts);
    int used = cut(written, count, (size_t)done);
    put(file ? WRITE : OUTPUT, flags & O_DSYNC ? DURABLE : 0, file, (uint64_t)place, written, used);
  }
  pthread_mutex_unlock(&lock);
  errno = number;
  return done;
}

WRITE_FORMS(recorded_write)

static int recorded_sync(int call, int descriptor) {
  pthread_mutex_lock(&lock);
  uint64_t file = number_of(descriptor, 0);
  int status = (int)syscall(call, descriptor);
  int number = errno;
  struct iovec none = {0, 0};
  if (status == 0 && file) put(SYNC, 0, file, 0, &none, 1);
  pthread_mutex_unlock(&lock);
  errno = number;
  return status;
}

int fsync(int descriptor) { return recorded_sync(SYS_fsync, descriptor); }
int fdatasync(int descriptor) { return recorded_sync(SYS_fdatasync, descriptor); }

static void resized(int descriptor) {
  uint64_t file = number_of(descriptor, 0);
  struct stat status;
  struct iovec none = {0, 0};
  if (file && fstat(descriptor, &status) == 0) put(RESIZE, 0, file, (uint64_t)status.st_size, &none, 1);
}

int ftruncate(int descriptor, off_t length) {
  pthread_mutex_lock(&lock);
  number_of(descriptor, 0);
  int status = (int)syscall(SYS_ftruncate, descriptor, length);
  int number = errno;
  if (status == 0) resized(descriptor);
  pthread_mutex_unlock(&lock);
  errno = number;
  return status;
}
int ftruncate64(int descriptor, off64_t length) { return ftruncate(descriptor, length); }

int fallocate(int descriptor, int mode, off_t offset, off_t length) {
  pthread_mutex_lock(&lock);
  uint64_t file = number_of(descriptor, 0);
  int status = (int)syscall(SYS_fallocate, descriptor, mode, offset, length);
  int number = errno;
  /* 1 keeps the length; anything else changes bytes. */
  if (status == 0 && file && mode & ~1) escape("fallocate", "with another mode");
  if (status == 0 && mode == 0) resized(descriptor);
  pthread_mutex_unlock(&lock);
  errno = number;
  return status;
}
int fallocate64(int descriptor, int mode, off64_t offset, off64_t length) {
  return fallocate(descriptor, mode, offset, length);
}

/* Names are taken as they are given: a relative one, or one under an open directory, cannot be followed. */
static void put_names(enum kind kind, const char *first, const char *second) {
  if (log_file < 0) return;
  if (first[0] != '/' || (second && second[0] != '/')) return escape("a relative name", first);
  if (!is_watched(first) && !(second && is_watched(second))) return;
  struct iovec parts[2] = {{(void *)first, strlen(first)}, {(void *)second, second ? strlen(second) : 0}};
  if (second) parts[0].iov_len++;
  put(kind, 0, 0, 0, parts, second ? 2 : 1);
}

static int named(enum kind kind, long status, const char *first, const char *second) {
  int number = errno;
  if (status == 0) put_names(kind, first, second);
  pthread_mutex_unlock(&lock);
  errno = number;
  return (int)status;
}

int renameat2(int directory, const char *from, int newDirectory, const char *to, unsigned flags) {
  pthread_mutex_lock(&lock);
  /* 1 fails where the new name is taken. */
  if (flags & ~1u && log_file >= 0) escape("renameat2 with flags", from);
  return named(RENAME, syscall(SYS_renameat2, directory, from, newDirectory, to, flags), from, to);
}
int renameat(int directory, const char *from, int newDirectory, const char *to) {
  return renameat2(directory, from, newDirectory, to, 0);
}
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }

int linkat(int directory, const char *from, int newDirectory, const char *to, int flags) {
  pthread_mutex_lock(&lock);
  return named(LINK, syscall(SYS_linkat, directory, from, newDirectory, to, flags), from, to);
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int unlinkat(int directory, const char *path, int flags) {
  pthread_mutex_lock(&lock);
  return named(UNLINK, syscall(SYS_unlinkat, directory, path, flags), path, NULL);
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int remove(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

/* What follows is not used on files of the directory, or nothing could be said of them. */

static void *recorded_map(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  if (descriptor >= 0 && flags & MAP_SHARED && protection & PROT_WRITE) {
    pthread_mutex_lock(&lock);
    char path[PATH_MAX];
    path_of_descriptor(descriptor, path);
    size_t end = strlen(path);
    /* The lock file is shared memory: a power cut ends what it is for. */
    int isLockFile = end > 5 && strcmp(path + end - 5, "-lock") == 0;
    if (log_file >= 0 && is_watched(path) && !isLockFile) escape("a writable map of", path);
    pthread_mutex_unlock(&lock);
  }
  return (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
}
void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  return recorded_map(address, length, protection, flags, descriptor, offset);
}
void *mmap64(void *address, size_t length, int protection, int flags, int descriptor, off64_t offset) {
  return recorded_map(address, length, protection, flags, descriptor, offset);
}

static void forbid(const char *what, int descriptor) {
  pthread_mutex_lock(&lock);
  if (number_of(descriptor, 0)) escape(what, "");
  pthread_mutex_unlock(&lock);
}

ssize_t sendfile(int to, int from, off_t *offset, size_t count) {
  forbid("sendfile", to);
  return syscall(SYS_sendfile, to, from, offset, count);
}
ssize_t sendfile64(int to, int from, off64_t *offset, size_t count) { return sendfile(to, from, offset, count); }

ssize_t copy_file_range(int from, off64_t *start, int to, off64_t *target, size_t count, unsigned flags) {
  forbid("copy_file_range", to);
  return syscall(SYS_copy_file_range, from, start, to, target, count, flags);
}

int ioctl(int descriptor, unsigned long request, ...) {
  va_list rest;
  va_start(rest, request);
  void *argument = va_arg(rest, void *);
  va_end(rest);
  if (request == FICLONE || request == FICLONERANGE) forbid("a clone", descriptor);
  return (int)syscall(SYS_ioctl, descriptor, request, argument);
}
