import Basics
import Platform

/// File systems whose locks or shared maps LMDB cannot rely on.
enum NetworkFileSystem {
  /// The file system's name when it is one of them; nil for a local one and where it is not known.
  static func name(descriptor: Int32) -> String? {
    #if os(Linux)
      guard let device = FileStatus(descriptor: descriptor)?.identity.device else { return nil }
      return name(device: device, mounts: readMounts())
    #else
      var volume = statfs()
      guard fstatfs(descriptor, &volume) == 0 else { return nil }
      return volume.f_flags & UInt32(MNT_LOCAL) == 0 ? "network" : nil
    #endif
  }

  #if os(Linux)
    private static let names: Set<Substring> = [
      "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "virtiofs", "afs", "coda", "ncpfs", "ceph", "lustre",
      "ocfs2",
      "gfs2", "gpfs", "glusterfs", "fuse",
    ]

    /// Looks a device up in the lines of `/proc/self/mountinfo`, where the third word is "major:minor" and the
    /// word after a single "-" the type; "fuse.x" counts as "fuse", "fuseblk" (a local disk) does not.
    static func name(device: UInt64, mounts: String) -> String? {
      // As the kernel packs device numbers for programs.
      let major = (device >> 8 & 0xFFF) | (device >> 32 & 0xFFFF_F000)
      let minor = (device & 0xFF) | (device >> 12 & 0xFFFF_FF00)
      let wanted = "\(major):\(minor)"
      for line in mounts.split(separator: "\n") {
        let words = line.split(separator: " ")
        guard words.count > 2, words[2] == wanted, let dash = words.firstIndex(of: "-") else { continue }
        guard dash + 1 < words.count else { continue }
        let type = words[dash + 1]
        let family = type.prefix { $0 != "." }
        return names.contains(family) ? String(type) : nil
      }
      return nil
    }

    private static func readMounts() -> String {
      let descriptor = Platform.open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else { return "" }
      defer { Platform.close(descriptor) }
      var text: [UInt8] = []
      var block = [UInt8](repeating: 0, count: 16384)
      while true {
        let count = read(descriptor, &block, block.count)
        guard count > 0 else { break }
        text += block[..<count]
      }
      return String(decoding: text, as: UTF8.self)
    }
  #endif
}
