#include "ui/panels/clip_thumbnails.h"

#include <algorithm>

#include "ui/panels/clip_figure.h"

namespace kinescore {
namespace {

constexpr int kCacheKilobytes = 32 * 1024;

}  // namespace

ClipThumbnails::ClipThumbnails(QSize size, QObject* parent) : QObject(parent), size_(size), painted_(kCacheKilobytes) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

ClipThumbnails::~ClipThumbnails() {
  thread_.request_stop();
  thread_.join();
}

QString ClipThumbnails::keyOf(const OfferedClip& clip, double devicePixelRatio) {
  // The motion's place tells libraries apart that were opened again with other clips of the same names.
  return QStringLiteral("%1|%2|%3|%4|%5|%6")
      .arg(QString::fromStdString(clip.id))
      .arg(quintptr(clip.motion))
      .arg(clip.frames.start)
      .arg(clip.frames.end)
      .arg(int(clip.mirror))
      .arg(devicePixelRatio);
}

const QImage* ClipThumbnails::find(const OfferedClip& clip, double devicePixelRatio) const {
  return painted_.object(keyOf(clip, devicePixelRatio));
}

void ClipThumbnails::want(std::vector<OfferedClip> clips, double devicePixelRatio) {
  std::erase_if(clips, [&](const OfferedClip& clip) { return find(clip, devicePixelRatio) != nullptr; });
  std::reverse(clips.begin(), clips.end());
  {
    const std::lock_guard lock(mutex_);
    wanted_ = std::move(clips);
    ratio_ = devicePixelRatio;
  }
  wake_.notify_all();
}

void ClipThumbnails::run(const std::stop_token& stop) {
  for (;;) {
    OfferedClip clip;
    double ratio = 1;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [this] { return !wanted_.empty(); });
      if (stop.stop_requested()) {
        return;
      }
      clip = std::move(wanted_.back());
      wanted_.pop_back();
      ratio = ratio_;
    }
    const QImage image = clipPicture(*clip.motion, clip.frames, clip.mirror, size_, ratio);
    QMetaObject::invokeMethod(
        this,
        [this, key = keyOf(clip, ratio), image] {
          painted_.insert(key, new QImage(image), int(image.sizeInBytes() / 1024) + 1);
          Q_EMIT ready();
        },
        Qt::QueuedConnection);
  }
}

}  // namespace kinescore
