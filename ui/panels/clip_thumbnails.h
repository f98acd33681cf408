// Pictures of clips, painted on a thread of their own: only those that are asked for last, which is what is visible.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include <QCache>
#include <QImage>
#include <QObject>

#include "ui/document/clip_library.h"

namespace kinescore {

class ClipThumbnails : public QObject {
  Q_OBJECT

 public:
  explicit ClipThumbnails(QSize size, QObject* parent = nullptr);
  ~ClipThumbnails() override;

  /// Null while it is not painted.
  [[nodiscard]] const QImage* find(const OfferedClip& clip, double devicePixelRatio) const;
  /// Paints these next, in this order, in place of what was asked for before and is not painted yet.
  void want(std::vector<OfferedClip> clips, double devicePixelRatio);

 Q_SIGNALS:
  void ready();

 private:
  [[nodiscard]] static QString keyOf(const OfferedClip& clip, double devicePixelRatio);
  void run(const std::stop_token& stop);

  QSize size_;
  QCache<QString, QImage> painted_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<OfferedClip> wanted_;  // the next one last
  double ratio_ = 1;
  std::jthread thread_;  // last: it uses the rest
};

}  // namespace kinescore
