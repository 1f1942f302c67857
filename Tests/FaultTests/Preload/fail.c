/* Preloaded by tests: makes one call of a process fail, or all from one on.

   KINDRED_FAIL=CALL:N:ERROR[:sticky] fails the N-th call of a class, from 1, and with "sticky" those that follow.
   CALL is write, sync, open, name (rename, link), remove, truncate (also of blocks set aside), read, map or allocate;
   ERROR is ENOSPC, EIO, EMFILE, ENOMEM or SHORT, which writes half of what it is given.
   KINDRED_FAIL_UNDER names the directory whose files are meant. Calls are counted, and fail, while the file
   KINDRED_FAIL_MARK is there, so that the start of the process is not what fails. Each failure adds a line to the file
   KINDRED_FAIL_REPORT: the call, its number, its file; at the end of the process a line for each class of calls has
   "counted", the call and the number of all.

   Maps and allocations have no file: the caller's address says whose they are. Maps fail for the program itself, for
   liblmdb and for libz; allocations for the two libraries, since Swift ends the process where it gets no memory. */
#include "preload.h"

#include <link.h>
#include <stdatomic.h>

enum call { WRITE = 1, SYNC, OPEN, NAME, REMOVE, TRUNCATE, READ, MAP, ALLOCATE };
static const char *const call_names[] = {
  "", "write", "sync", "open", "name", "remove", "truncate", "read", "map", "allocate",
};
static const struct {
  const char *name;
  int number;
} errors[] = {{"ENOSPC", ENOSPC}, {"EIO", EIO}, {"EMFILE", EMFILE}, {"ENOMEM", ENOMEM}, {"SHORT", -1}};

static struct {
  enum call call;
  long first;
  int error;
  int is_sticky;
} plan;
static const char *mark, *report;
static atomic_long counts[ALLOCATE + 1];

static struct {
  uintptr_t start, end;
  int is_program;
} callers[64];
static int caller_count = 0;

static int note_object(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size, (void)context;
  const char *name = strrchr(object->dlpi_name, '/');
  name = name ? name + 1 : object->dlpi_name;
  /* The program itself has no name here. */
  if (name[0] != 0 && strncmp(name, "liblmdb", 7) != 0 && strncmp(name, "libz.", 5) != 0) return 0;
  for (int index = 0; index < object->dlpi_phnum && caller_count < 64; index++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
    if (segment->p_type != PT_LOAD || !(segment->p_flags & PF_X)) continue;
    callers[caller_count].is_program = name[0] == 0;
    callers[caller_count].start = object->dlpi_addr + segment->p_vaddr;
    callers[caller_count++].end = object->dlpi_addr + segment->p_vaddr + segment->p_memsz;
  }
  return 0;
}

static void take_plan(const char *text) {
  char call[16], error[16], rest[16] = "";
  if (sscanf(text, "%15[a-z]:%ld:%15[A-Z]:%15s", call, &plan.first, error, rest) < 3) give_up("KINDRED_FAIL");
  enum call found = 0;
  for (enum call each = WRITE; each <= ALLOCATE; each++) {
    if (strcmp(call, call_names[each]) == 0) found = each;
  }
  for (size_t each = 0; each < sizeof errors / sizeof *errors; each++) {
    if (strcmp(error, errors[each].name) == 0) plan.error = errors[each].number;
  }
  plan.is_sticky = strcmp(rest, "sticky") == 0;
  if (!found || !plan.error || plan.first < 1 || (plan.error < 0 && found != WRITE)) give_up("KINDRED_FAIL");
  plan.call = found;
}

__attribute__((constructor)) static void start(void) {
  const char *text = getenv("KINDRED_FAIL");
  if (!text) return;
  take_watched("KINDRED_FAIL_UNDER");
  mark = getenv("KINDRED_FAIL_MARK");
  report = getenv("KINDRED_FAIL_REPORT");
  if (!mark || !report) give_up("KINDRED_FAIL_MARK or KINDRED_FAIL_REPORT is missing");
  dl_iterate_phdr(note_object, NULL);
  take_plan(text);
}

static void put_report(const char *call, long number, const char *what) {
  char line[PATH_MAX + 64];
  int length = snprintf(line, sizeof line, "%s %ld %s\n", call, number, what);
  int output = (int)syscall(SYS_openat, AT_FDCWD, report, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (output < 0 || syscall(SYS_write, output, line, (size_t)length) != length) give_up("reporting");
  syscall(SYS_close, output);
}

__attribute__((destructor)) static void end(void) {
  char what[32];
  if (!plan.call) return;
  for (enum call each = WRITE; each <= ALLOCATE; each++) {
    snprintf(what, sizeof what, "counted %s", call_names[each]);
    put_report(what, atomic_load(&counts[each]), "");
  }
}

/* Counts a call; 0, or how it fails. */
static int fault(enum call call, const char *what) {
  int number = errno;
  int is_marked = syscall(SYS_faccessat, AT_FDCWD, mark, F_OK) == 0;
  errno = number;
  if (!is_marked) return 0;
  long place = atomic_fetch_add(&counts[call], 1) + 1;
  if (plan.call != call) return 0;
  if (plan.is_sticky ? place < plan.first : place != plan.first) return 0;
  put_report(call_names[call], place, what);
  if (plan.error > 0) errno = plan.error;
  return plan.error;
}

static int path_fault(enum call call, const char *path) {
  return plan.call && is_watched(path) ? fault(call, path) : 0;
}

static int descriptor_fault(enum call call, int descriptor) {
  if (!plan.call) return 0;
  int number = errno;
  char path[PATH_MAX];
  path_of_descriptor(descriptor, path);
  errno = number;
  return path_fault(call, path);
}

static int caller_fault(enum call call, void *address) {
  if (!plan.call) return 0;
  for (int index = 0; index < caller_count; index++) {
    if ((uintptr_t)address < callers[index].start || (uintptr_t)address >= callers[index].end) continue;
    return call == ALLOCATE && callers[index].is_program ? 0 : fault(call, "");
  }
  return 0;
}

static ssize_t failing_write(int descriptor, const struct iovec *parts, int count, off_t offset) {
  int error = descriptor_fault(WRITE, descriptor);
  if (error > 0) return -1;
  if (error == 0) return write_parts(descriptor, parts, count, offset);
  /* Half of the first part. */
  struct iovec half = {parts[0].iov_base, (parts[0].iov_len + 1) / 2};
  return write_parts(descriptor, &half, 1, offset);
}

WRITE_FORMS(failing_write)

static int failing_open(int directory, const char *path, int flags, mode_t mode) {
  if (path_fault(OPEN, path)) return -1;
  return (int)syscall(SYS_openat, directory, path, flags, mode);
}

OPEN_FORMS(failing_open)

static int failing_sync(int call, int descriptor) {
  /* As the kernel may: what could not be written is never written again. */
  if (descriptor_fault(SYNC, descriptor)) return -1;
  return (int)syscall(call, descriptor);
}
int fsync(int descriptor) { return failing_sync(SYS_fsync, descriptor); }
int fdatasync(int descriptor) { return failing_sync(SYS_fdatasync, descriptor); }

int ftruncate(int descriptor, off_t length) {
  if (descriptor_fault(TRUNCATE, descriptor)) return -1;
  return (int)syscall(SYS_ftruncate, descriptor, length);
}
int ftruncate64(int descriptor, off64_t length) { return ftruncate(descriptor, length); }
int fallocate(int descriptor, int mode, off_t offset, off_t length) {
  if (descriptor_fault(TRUNCATE, descriptor)) return -1;
  return (int)syscall(SYS_fallocate, descriptor, mode, offset, length);
}
int fallocate64(int descriptor, int mode, off64_t offset, off64_t length) {
  return fallocate(descriptor, mode, offset, length);
}

int renameat2(int directory, const char *from, int newDirectory, const char *to, unsigned flags) {
  if (path_fault(NAME, to)) return -1;
  return (int)syscall(SYS_renameat2, directory, from, newDirectory, to, flags);
}
int renameat(int directory, const char *from, int newDirectory, const char *to) {
  return renameat2(directory, from, newDirectory, to, 0);
}
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }
int linkat(int directory, const char *from, int newDirectory, const char *to, int flags) {
  if (path_fault(NAME, to)) return -1;
  return (int)syscall(SYS_linkat, directory, from, newDirectory, to, flags);
}
int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int unlinkat(int directory, const char *path, int flags) {
  if (path_fault(REMOVE, path)) return -1;
  return (int)syscall(SYS_unlinkat, directory, path, flags);
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }

ssize_t read(int descriptor, void *bytes, size_t count) {
  if (descriptor_fault(READ, descriptor)) return -1;
  return syscall(SYS_read, descriptor, bytes, count);
}
ssize_t pread(int descriptor, void *bytes, size_t count, off_t offset) {
  if (descriptor_fault(READ, descriptor)) return -1;
  return syscall(SYS_pread64, descriptor, bytes, count, offset);
}
ssize_t pread64(int descriptor, void *bytes, size_t count, off64_t offset) {
  return pread(descriptor, bytes, count, offset);
}

void *mmap(void *address, size_t length, int protection, int flags, int descriptor, off_t offset) {
  if (caller_fault(MAP, __builtin_return_address(0))) return MAP_FAILED;
  return (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
}
void *mmap64(void *address, size_t length, int protection, int flags, int descriptor, off64_t offset) {
  if (caller_fault(MAP, __builtin_return_address(0))) return MAP_FAILED;
  return (void *)syscall(SYS_mmap, address, length, protection, flags, descriptor, offset);
}

/* The C library's own, by names that nothing stands in for. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *memory, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  if (caller_fault(ALLOCATE, __builtin_return_address(0))) return NULL;
  return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
  if (caller_fault(ALLOCATE, __builtin_return_address(0))) return NULL;
  return __libc_calloc(count, size);
}
void *realloc(void *memory, size_t size) {
  if (caller_fault(ALLOCATE, __builtin_return_address(0))) return NULL;
  return __libc_realloc(memory, size);
}
int posix_memalign(void **memory, size_t alignment, size_t size) {
  int number = errno;
  int error = caller_fault(ALLOCATE, __builtin_return_address(0));
  errno = number;
  if (error) return error;
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : ENOMEM;
}
