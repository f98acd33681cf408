// The grid of clips: two columns of pictures with lengths and names. Hovering plays a clip in its picture, dragging
// carries it off.
#pragma once

#include <set>

#include <QAbstractListModel>
#include <QElapsedTimer>
#include <QListView>
#include <QPersistentModelIndex>
#include <QTimer>

#include "ui/document/clip_library.h"
#include "ui/panels/clip_thumbnails.h"

namespace kinescore {

class ClipFigure;

class ClipModel : public QAbstractListModel {
  Q_OBJECT

 public:
  using QAbstractListModel::QAbstractListModel;
  void show(std::vector<OfferedClip> clips);
  void setUsed(std::set<std::string> ids);
  [[nodiscard]] const OfferedClip& clip(const QModelIndex& index) const { return clips_[std::size_t(index.row())]; }
  [[nodiscard]] bool isUsed(const QModelIndex& index) const { return used_.contains(clip(index).id); }
  [[nodiscard]] int rowOf(const std::string& id) const;

  int rowCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QMimeData* mimeData(const QModelIndexList& indexes) const override;
  Qt::DropActions supportedDragActions() const override { return Qt::CopyAction; }

 private:
  std::vector<OfferedClip> clips_;
  std::set<std::string> used_;
};

class ClipGrid : public QListView {
  Q_OBJECT

 public:
  explicit ClipGrid(QWidget* parent = nullptr);
  ~ClipGrid() override;

  [[nodiscard]] ClipModel& clips() { return model_; }
  [[nodiscard]] ClipThumbnails& thumbnails() { return thumbnails_; }
  /// Plays it in its picture once, without the mouse over it.
  void preview(const QModelIndex& index);
  /// The clip that plays now; not valid: none.
  [[nodiscard]] QModelIndex playing() const { return playing_; }
  /// How far it has played.
  [[nodiscard]] Ticks playTime() const;
  [[nodiscard]] const ClipFigure* playedFigure() const { return figure_.get(); }

 protected:
  bool event(QEvent* event) override;
  bool viewportEvent(QEvent* event) override;
  void paintEvent(QPaintEvent* event) override;
  void hideEvent(QHideEvent* event) override;
  void startDrag(Qt::DropActions actions) override;

 private:
  void play(const QModelIndex& index, bool once);
  void stop();
  void step();
  void askForVisible();

  ClipModel model_;
  ClipThumbnails thumbnails_;
  QTimer timer_;
  QElapsedTimer clock_;
  QPersistentModelIndex playing_;
  bool playsOnce_ = false;
  OfferedClip played_;  // keeps the figure's motion there
  std::unique_ptr<ClipFigure> figure_;
};

}  // namespace kinescore
