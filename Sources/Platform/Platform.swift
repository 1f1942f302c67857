// The C library of the platform under one name: files, memory, time, and the functions of <math.h>.
#if canImport(Glibc)
  @_exported public import Glibc
#elseif canImport(Musl)
  @_exported public import Musl
#else
  @_exported public import Darwin
#endif
