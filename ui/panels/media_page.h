// The inspector's pages for clips that play a file.
#pragma once

#include <chrono>

#include "ui/panels/clip_page.h"

namespace kinescore {

class ErrorBar;

/// The file's name, with “Choose…”, and what to do when it is not where it was.
class MediaFileRow : public QWidget {
  Q_OBJECT

 public:
  explicit MediaFileRow(QWidget* parent);
  void setFile(const QString& file, bool isMissing);

 Q_SIGNALS:
  void chooseWanted();
  void findWanted();

 private:
  void elide();
  void resizeEvent(QResizeEvent* event) override;
  QLabel* name_;
  QString whole_;
  Panel* missing_;
  QLabel* missingWords_;
};

class MediaPage : public ClipPage {
  Q_OBJECT

 protected:
  MediaPage(Session& session, const QString& title, QWidget* parent);
  /// File and in point.
  void addFile();
  void fillFile(const std::string& file, Ticks inPoint);
  /// Of the clip's condition, whichever it is.
  virtual std::string& fileOf(Clip& clip) const = 0;
  virtual Ticks& inPointOf(Clip& clip) const = 0;
  [[nodiscard]] virtual bool takes(const std::filesystem::path& file) const = 0;

 private:
  void choose();
  void find();
  [[nodiscard]] QString folderOf(const std::string& file) const;
  MediaFileRow* file_ = nullptr;
  FrameField* inPoint_ = nullptr;
};

class AudioPage : public MediaPage {
  Q_OBJECT

 public:
  using Clock = std::function<std::chrono::nanoseconds()>;
  AudioPage(Session& session, QWidget* parent);
  bool isFor(const Clip& clip) const override { return std::holds_alternative<AudioCondition>(clip.condition); }
  void leave() override { taps_.clear(); }
  /// For tests: what the taps are timed by.
  void setClock(Clock clock) { clock_ = std::move(clock); }

 protected:
  void fill(const Clip& clip) override;
  std::string& fileOf(Clip& clip) const override { return std::get<AudioCondition>(clip.condition).file; }
  Ticks& inPointOf(Clip& clip) const override { return std::get<AudioCondition>(clip.condition).inPoint; }
  bool takes(const std::filesystem::path& file) const override;

 private:
  void tap();
  NumberField *tempo_, *offset_;
  QLabel* heard_;
  SegmentedChoice* kind_;
  Clock clock_;
  std::vector<std::chrono::nanoseconds> taps_;  // of one go
  GestureId tapping_ = kNoGesture;
};

class VideoPage : public MediaPage {
  Q_OBJECT

 public:
  VideoPage(Session& session, QWidget* parent);
  bool isFor(const Clip& clip) const override { return std::holds_alternative<VideoCondition>(clip.condition); }

 protected:
  void fill(const Clip& clip) override;
  std::string& fileOf(Clip& clip) const override { return std::get<VideoCondition>(clip.condition).file; }
  Ticks& inPointOf(Clip& clip) const override { return std::get<VideoCondition>(clip.condition).inPoint; }
  bool takes(const std::filesystem::path& file) const override;

 private:
  NumberField* speed_;
  SegmentedChoice* mirror_;
};

}  // namespace kinescore
