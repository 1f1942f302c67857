package import Platform

/// Who may do what with a file.
package struct FileRights: Sendable, Equatable {
  package var owner: uid_t
  package var group: gid_t
  /// The permission bits and those that set the user, set the group, and are sticky.
  package var mode: mode_t

  /// Makes rights.
  package init(owner: uid_t, group: gid_t, mode: mode_t) {
    self.owner = owner
    self.group = group
    self.mode = mode
  }

  /// What becomes of the rights where they cannot be given whole: only root can keep the owner of somebody else's file.
  package enum Policy {
    /// Nobody who may use the old file is locked out. Another owner keeps what the group may do, so the group must be
    /// kept and must have the owner's rights.
    case keepsUsers
    /// Nobody may use the new file who might not use the old one: another group gets what all others may do.
    case keepsStrangersOut
  }

  /// Gives these rights to a file that takes the place of the one that has them.
  /// - Returns: 0, or the errno; EPERM where the policy refuses.
  package func give(to descriptor: Int32, _ policy: Policy) -> Int32 {
    guard let made = FileStatus(descriptor: descriptor)?.rights else { return errno }
    var mode = mode
    if (made.owner, made.group) != (owner, group), fchown(descriptor, owner, group) != 0 {
      let keepsOwner = made.owner == owner
      let keepsGroup = made.group == group || fchown(descriptor, uid_t.max, group) == 0
      if !keepsOwner { mode &= ~mode_t(S_ISUID) }
      switch policy {
      case .keepsUsers:
        guard keepsOwner || mode >> 3 & 0o6 == mode >> 6 & 0o6, keepsGroup else { return EPERM }
      case .keepsStrangersOut: if !keepsGroup { mode &= 0o5707 | (mode & 0o7) << 3 }
      }
    }
    return fchmod(descriptor, mode) == 0 ? 0 : errno
  }
}
