#include "ui/document/project_watch.h"

#include <sys/stat.h>

#include "ui/document/path_text.h"

namespace kinescore {
namespace {

constexpr int kSettleMs = 200;

}  // namespace

ProjectWatch::ProjectWatch(Session& session, QObject* parent) : QObject(parent), session_(session) {
  soon_.setSingleShot(true);
  soon_.setInterval(kSettleMs);
  connect(&soon_, &QTimer::timeout, this, &ProjectWatch::look);
  const auto lookSoon = [this] { soon_.start(); };
  connect(&watcher_, &QFileSystemWatcher::fileChanged, this, lookSoon);
  connect(&watcher_, &QFileSystemWatcher::directoryChanged, this, lookSoon);
  connect(&session, &Session::stored, this, &ProjectWatch::follow);
  connect(&session, &Session::projectChanged, this, [this] {
    if (session_.path() != file_) {
      follow();
    }
  });
}

std::optional<ProjectWatch::Stamp> ProjectWatch::stampOf(const std::filesystem::path& file) {
  struct stat found {};
  if (file.empty() || ::stat(file.c_str(), &found) != 0) {
    return std::nullopt;
  }
  return Stamp{std::uint64_t(found.st_dev), std::uint64_t(found.st_ino), std::uint64_t(found.st_size),
               std::int64_t(found.st_mtim.tv_sec) * 1'000'000'000 + found.st_mtim.tv_nsec};
}

void ProjectWatch::follow() {
  if (!watcher_.files().isEmpty()) {
    watcher_.removePaths(watcher_.files());
  }
  file_ = session_.path();
  known_ = stampOf(file_);
  told_ = known_;
  if (!known_) {
    if (!watcher_.directories().isEmpty()) {
      watcher_.removePaths(watcher_.directories());
    }
    return;
  }
  // A file that is replaced by another is no longer watched itself; its folder tells of the new one.
  const QString folder = pathText(std::filesystem::absolute(file_).parent_path());
  if (watcher_.directories() != QStringList{folder}) {
    if (!watcher_.directories().isEmpty()) {
      watcher_.removePaths(watcher_.directories());
    }
    watcher_.addPath(folder);
  }
  watcher_.addPath(pathText(file_));
}

bool ProjectWatch::isChangedOnDisk() const { return known_ && stampOf(file_) && stampOf(file_) != known_; }

void ProjectWatch::look() {
  if (!known_) {
    return;
  }
  const std::optional<Stamp> now = stampOf(file_);
  if (now && !watcher_.files().contains(pathText(file_))) {
    watcher_.addPath(pathText(file_));
  }
  if (now == told_) {
    return;
  }
  told_ = now;
  if (!now) {
    Q_EMIT goneFromDisk();
  } else if (now != known_) {
    Q_EMIT changedOnDisk();
  }
}

}  // namespace kinescore
