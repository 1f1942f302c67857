#include <lmdb.h>

#ifdef __linux__
// Linux has these, but declares them for _GNU_SOURCE only, which no Swift module is compiled with.
#include <sys/types.h>
int fallocate(int descriptor, int mode, off_t offset, off_t length);
ssize_t fgetxattr(int descriptor, const char *name, void *value, size_t size);
int fsetxattr(int descriptor, const char *name, const void *value, size_t size, int flags);
enum {
  KINDRED_FALLOCATE_KEEP_SIZE = 1,
  /// `fcntl` locks that belong to the open file, not to the process.
  KINDRED_GET_FILE_LOCK = 36,
  KINDRED_SET_FILE_LOCK = 37,
};
#endif
