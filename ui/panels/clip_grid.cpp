#include "ui/panels/clip_grid.h"

#include <algorithm>

#include <QDrag>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>

#include "ui/document/library_clips.h"
#include "ui/panels/clip_figure.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr QSize kPicture{118, 55};
constexpr QSize kCell{125, 76};
constexpr int kPictureLeft = 8, kPictureTop = 2;
constexpr int kPlayMilliseconds = 33;

QRect pictureIn(const QRect& cell) { return {cell.topLeft() + QPoint(kPictureLeft, kPictureTop), kPicture}; }

QString lengthText(const OfferedClip& clip) {
  return ClipGrid::tr("%1 s").arg(secondsOf(clip.part().length()), 0, 'f', 1);
}

class ClipDelegate : public QStyledItemDelegate {
 public:
  explicit ClipDelegate(ClipGrid& grid) : QStyledItemDelegate(&grid), grid_(grid) {}

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return kCell; }

  void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
    const ColorTokens& t = tokens();
    const OfferedClip& clip = grid_.clips().clip(index);
    const bool isSelected = option.state & QStyle::State_Selected;
    const bool isFocused = isSelected && grid_.hasFocus();
    const QRect picture = pictureIn(option.rect);
    painter->save();
    paintPicture(*painter, picture, clip, index);
    paintLength(*painter, picture, lengthText(clip));
    painter->setRenderHint(QPainter::Antialiasing);
    if (grid_.clips().isUsed(index)) {
      paintUsed(*painter, picture);
    }
    painter->setBrush(Qt::NoBrush);
    if (isSelected) {
      painter->setPen(QPen(colorOf(isFocused ? t.acc : t.t1), 2));
      painter->drawRoundedRect(QRectF(picture).adjusted(0, 0, 0, 0), 4, 4);
    } else if (option.state & QStyle::State_MouseOver) {
      painter->setPen(QPen(colorOf(t.t4), 1));
      painter->drawRoundedRect(QRectF(picture).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
    const QFont font = uiFont(11);
    painter->setFont(font);
    painter->setPen(colorOf(isSelected ? t.t1 : t.t2));
    painter->drawText(QPoint(picture.left(), picture.bottom() + 14),
                      QFontMetrics(font).elidedText(clip.title, Qt::ElideRight, picture.width()));
    painter->restore();
  }

 private:
  void paintPicture(QPainter& painter, const QRect& picture, const OfferedClip& clip, const QModelIndex& index) const {
    if (grid_.playing() == index && grid_.playedFigure() != nullptr) {
      paintClipGround(painter, picture);
      painter.setClipRect(picture.adjusted(1, 1, -1, -1));
      grid_.playedFigure()->paintAt(painter, picture, grid_.playTime());
      painter.setClipping(false);
      return;
    }
    if (const QImage* image = grid_.thumbnails().find(clip, grid_.devicePixelRatioF())) {
      painter.drawImage(picture.topLeft(), *image);
    } else {
      paintClipGround(painter, picture);
    }
  }

  static void paintLength(QPainter& painter, const QRect& picture, const QString& words) {
    const QFont font = numberFont(11);
    const int width = QFontMetrics(font).horizontalAdvance(words) + 8;
    const QRect ground(picture.right() - width - 3, picture.bottom() - 18, width, 15);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(tokens().s0, 0.72));
    painter.drawRoundedRect(ground, 3, 3);
    painter.setFont(font);
    painter.setPen(colorOf(tokens().t1));
    painter.drawText(ground, Qt::AlignCenter, words);
  }

  static void paintUsed(QPainter& painter, const QRect& picture) {
    const QRectF badge(picture.left() + 5, picture.top() + 5, 14, 14);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colorOf(tokens().t1));
    painter.drawEllipse(badge);
    drawIcon(painter, (badge.topLeft() + QPointF(1.5, 1.5)).toPoint(), QStringLiteral("check"), colorOf(tokens().onLight), 11);
  }

  ClipGrid& grid_;
};

}  // namespace

void ClipModel::show(std::vector<OfferedClip> clips) {
  beginResetModel();
  clips_ = std::move(clips);
  endResetModel();
}

void ClipModel::setUsed(std::set<std::string> ids) {
  if (ids == used_) {
    return;
  }
  used_ = std::move(ids);
  if (!clips_.empty()) {
    Q_EMIT dataChanged(index(0), index(int(clips_.size()) - 1));
  }
}

int ClipModel::rowOf(const std::string& id) const {
  const auto found = std::find_if(clips_.begin(), clips_.end(), [&](const OfferedClip& clip) { return clip.id == id; });
  return found == clips_.end() ? -1 : int(found - clips_.begin());
}

int ClipModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(clips_.size()); }

QVariant ClipModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || index.row() >= rowCount()) {
    return {};
  }
  const OfferedClip& offered = clip(index);
  const QString length = lengthText(offered);
  switch (role) {
    case Qt::DisplayRole: return offered.title;
    case Qt::AccessibleTextRole:
      return isUsed(index) ? tr("%1, %2, on the timeline").arg(offered.title, length) : QStringLiteral("%1, %2").arg(offered.title, length);
    case Qt::ToolTipRole: {
      const QString from = offered.folder.empty() ? QString() : QStringLiteral("\n") + QString::fromStdString(offered.folder);
      return offered.title + QStringLiteral("\n") + QString::fromStdString(offered.id) + QStringLiteral(" · ") + length + from;
    }
    default: return {};
  }
}

Qt::ItemFlags ClipModel::flags(const QModelIndex& index) const {
  return index.isValid() ? Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled : Qt::NoItemFlags;
}

QMimeData* ClipModel::mimeData(const QModelIndexList& indexes) const {
  return indexes.isEmpty() ? nullptr : mimeOf(carried(clip(indexes.front()))).release();
}

ClipGrid::ClipGrid(QWidget* parent) : QListView(parent), thumbnails_(kPicture) {
  setObjectName(QStringLiteral("clipGrid"));
  setAccessibleName(tr("Clips"));
  setModel(&model_);
  setItemDelegate(new ClipDelegate(*this));
  setFlow(QListView::LeftToRight);
  setWrapping(true);
  setResizeMode(QListView::Adjust);
  setUniformItemSizes(true);
  setGridSize(kCell);
  setSelectionMode(QAbstractItemView::SingleSelection);
  setEditTriggers(QAbstractItemView::NoEditTriggers);
  setDragEnabled(true);
  setDragDropMode(QAbstractItemView::DragOnly);
  setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
  verticalScrollBar()->setSingleStep(kCell.height() / 2);
  setFrameShape(QFrame::NoFrame);
  setViewportMargins(2, 0, 0, 0);
  setMouseTracking(true);
  setContextMenuPolicy(Qt::CustomContextMenu);
  timer_.setInterval(kPlayMilliseconds);
  connect(&timer_, &QTimer::timeout, this, &ClipGrid::step);
  connect(this, &QAbstractItemView::entered, this, [this](const QModelIndex& index) { play(index, false); });
  connect(this, &QAbstractItemView::viewportEntered, this, &ClipGrid::stop);
  connect(&model_, &QAbstractItemModel::modelAboutToBeReset, this, &ClipGrid::stop);
  connect(&thumbnails_, &ClipThumbnails::ready, viewport(), qOverload<>(&QWidget::update));
}

ClipGrid::~ClipGrid() { setModel(nullptr); }

void ClipGrid::preview(const QModelIndex& index) {
  scrollTo(index);
  play(index, true);
}

Ticks ClipGrid::playTime() const { return ticksFromSeconds(double(clock_.elapsed()) / 1000); }

void ClipGrid::play(const QModelIndex& index, bool once) {
  if (!index.isValid() || (playing_ == index && !once)) {
    return;
  }
  stop();
  playing_ = index;
  playsOnce_ = once;
  played_ = model_.clip(index);
  figure_ = std::make_unique<ClipFigure>(*played_.motion, played_.frames, played_.mirror);
  clock_.start();
  timer_.start();
  update(index);
}

void ClipGrid::stop() {
  timer_.stop();
  if (playing_.isValid()) {
    update(playing_);
  }
  playing_ = QPersistentModelIndex();
  figure_.reset();
  played_ = {};
}

void ClipGrid::step() {
  if (!playing_.isValid() || !isVisible()) {
    stop();
    return;
  }
  if (playTime() >= figure_->length()) {
    if (playsOnce_) {
      stop();
      return;
    }
    clock_.start();
  }
  update(playing_);
}

bool ClipGrid::event(QEvent* event) {
  // Keys that walk the grid are menus' keys elsewhere in the window.
  if (event->type() == QEvent::ShortcutOverride) {
    const auto* key = static_cast<QKeyEvent*>(event);
    const bool isPlain = (key->modifiers() & ~Qt::KeypadModifier) == Qt::NoModifier;
    switch (key->key()) {
      case Qt::Key_Left:
      case Qt::Key_Right:
      case Qt::Key_Up:
      case Qt::Key_Down:
      case Qt::Key_Home:
      case Qt::Key_End:
      case Qt::Key_PageUp:
      case Qt::Key_PageDown:
      case Qt::Key_Return:
      case Qt::Key_Enter: event->setAccepted(isPlain); return isPlain || QListView::event(event);
      default: break;
    }
  }
  return QListView::event(event);
}

bool ClipGrid::viewportEvent(QEvent* event) {
  if (event->type() == QEvent::Leave && !playsOnce_) {
    stop();
  }
  return QListView::viewportEvent(event);
}

void ClipGrid::hideEvent(QHideEvent* event) {
  stop();
  QListView::hideEvent(event);
}

void ClipGrid::paintEvent(QPaintEvent* event) {
  askForVisible();
  QListView::paintEvent(event);
}

void ClipGrid::askForVisible() {
  const int columns = std::max(1, viewport()->width() / kCell.width());
  const int top = verticalScrollBar()->value() / kCell.height(), rows = viewport()->height() / kCell.height() + 2;
  std::vector<OfferedClip> visible;
  for (int row = top * columns; row < std::min((top + rows) * columns, model_.rowCount()); ++row) {
    const OfferedClip& clip = model_.clip(model_.index(row));
    if (thumbnails_.find(clip, devicePixelRatioF()) == nullptr) {
      visible.push_back(clip);
    }
  }
  thumbnails_.want(std::move(visible), devicePixelRatioF());
}

void ClipGrid::startDrag(Qt::DropActions actions) {
  const QModelIndex index = currentIndex();
  if (!index.isValid()) {
    return;
  }
  const OfferedClip clip = model_.clip(index);
  stop();
  auto* drag = new QDrag(this);
  drag->setMimeData(model_.mimeData({index}));
  if (const QImage* image = thumbnails_.find(clip, devicePixelRatioF())) {
    drag->setPixmap(QPixmap::fromImage(*image));
    drag->setHotSpot({20, 12});
  }
  drag->exec(actions, Qt::CopyAction);
}

}  // namespace kinescore
