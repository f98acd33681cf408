// Notices that another program changed the file of the open project: wrote to it, put another in its place, or took it
// away. What the session reads and writes itself is no such change.
#pragma once

#include <filesystem>
#include <optional>

#include <QFileSystemWatcher>
#include <QTimer>

#include "ui/document/session.h"

namespace kinescore {

class ProjectWatch : public QObject {
  Q_OBJECT

 public:
  explicit ProjectWatch(Session& session, QObject* parent = nullptr);
  /// Looks at the disk now: before saving, where the watcher may be late.
  [[nodiscard]] bool isChangedOnDisk() const;

 Q_SIGNALS:
  void changedOnDisk();
  void goneFromDisk();

 private:
  struct Stamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t changedNanoseconds = 0;
    bool operator==(const Stamp&) const = default;
  };
  static std::optional<Stamp> stampOf(const std::filesystem::path& file);
  void follow();
  void look();

  Session& session_;
  QFileSystemWatcher watcher_;
  QTimer soon_;  // several messages about one change
  std::filesystem::path file_;
  std::optional<Stamp> known_;   // as the session read or wrote it
  std::optional<Stamp> told_;    // the last one that was told of
};

}  // namespace kinescore
