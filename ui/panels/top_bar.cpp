#include "ui/panels/top_bar.h"

#include <QEvent>
#include <QFileInfo>
#include <QMenu>
#include <QPainter>

#include "ui/document/offered_model.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr int kFoldMenusUnder = 1500;

QPixmap dotPixmap(const QColor& color, double ratio) {
  QPixmap pixmap(QSize(7, 7) * ratio);
  pixmap.setDevicePixelRatio(ratio);
  pixmap.fill(Qt::transparent);
  QPainter painter(&pixmap);
  painter.setRenderHint(QPainter::Antialiasing);
  painter.setPen(Qt::NoPen);
  painter.setBrush(color);
  painter.drawEllipse(QRectF(0, 0, 7, 7));
  return pixmap;
}

}  // namespace

TopBar::TopBar(Session& session, SaveState& saveState, const QString& engineDescription, const QString& engineProblem,
               QWidget* parent)
    : Panel("bar", parent), session_(session), saveState_(saveState), engine_(engineDescription), engineProblem_(engineProblem) {
  setFixedHeight(measure::kTopBar);
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(8, 0, 12, 0);
  row->setSpacing(4);
  mark_ = new QToolButton(this);
  mark_->setIcon(icon(QStringLiteral("mark"), colorOf(tokens().t1)));
  mark_->setIconSize({20, 20});
  mark_->setFixedSize(30, 30);
  mark_->setAccessibleName(tr("Menus"));
  mark_->setPopupMode(QToolButton::InstantPopup);
  menus_ = new QMenuBar(this);
  menus_->setNativeMenuBar(false);
  menus_->setSizePolicy(QSizePolicy::Minimum, QSizePolicy::Fixed);
  row->addWidget(mark_);
  row->addWidget(menus_);
  row->addStretch();
  workspaces_ = new SegmentedChoice({tr("Author"), tr("Review"), tr("Export")}, this);
  workspaces_->setObjectName(QStringLiteral("workspaces"));
  workspaces_->setCurrent(0);
  workspaces_->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
  workspaces_->setMinimumWidth(186);
  row->addWidget(workspaces_);
  row->addSpacing(10);
  connect(workspaces_, &SegmentedChoice::chosen, this, &TopBar::workspaceChosen);
  dot_ = new QLabel(this);
  chip_ = new QToolButton(this);
  chip_->setFont(numberFont(12));
  chip_->setAccessibleName(tr("Engine"));
  chip_->setPopupMode(QToolButton::InstantPopup);
  row->addWidget(dot_);
  row->addSpacing(2);
  row->addWidget(chip_);
  row->addSpacing(8);
  generate_ = new GenerateButton(this);
  row->addWidget(generate_);

  // The project's name stands in the middle of the window, whatever is beside it.
  middle_ = new QWidget(this);
  auto* names = new QHBoxLayout(middle_);
  names->setContentsMargins(0, 0, 0, 0);
  names->setSpacing(4);
  name_ = new ElidedLabel({}, middle_);
  name_->setObjectName(QStringLiteral("projectNameInBar"));
  name_->setProperty("kind", "heading");
  name_->setStyleSheet(QStringLiteral("font-size: 13px; font-weight: 600; color: %1;").arg(colorOf(tokens().t1).name()));
  saved_ = new QToolButton(middle_);
  saved_->setObjectName(QStringLiteral("saveState"));
  saved_->setFont(numberFont(11));
  saved_->setStyleSheet(QStringLiteral("QToolButton { font-size: 11px; color: %1; padding: 1px 3px; }").arg(colorOf(tokens().t3).name()));
  saved_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  saved_->setIconSize({13, 13});
  names->addWidget(name_, 1);
  names->addSpacing(5);
  names->addWidget(saved_);

  connect(saved_, &QToolButton::clicked, this, &TopBar::saveTroubleWanted);
  connect(&saveState, &SaveState::changed, this, &TopBar::showSaveState);
  connect(&session, &Session::projectChanged, this, &TopBar::refresh);
  connect(&session.jobs(), &GenerationJobs::changed, this, &TopBar::refresh);
  connect(&session.jobs(), &GenerationJobs::progressed, this, &TopBar::showProgress);
  connect(&session.takes(), &TakeList::shownChanged, this, &TopBar::refresh);
  refresh();
}

void TopBar::refresh() {
  const ColorTokens& t = tokens();
  const double ratio = devicePixelRatioF();
  name_->setText(session_.name());
  name_->setToolTip(session_.name());
  showSaveState();

  const bool isBusy = session_.jobs().isBusy();
  if (!engineProblem_.isEmpty()) {
    dot_->setPixmap(dotPixmap(colorOf(t.t4), ratio));
    chip_->setText(tr("No engine"));
    chip_->setToolTip(engineProblem_);
    generate_->setState(GenerateButton::State::Off, 0, engineProblem_);
    return;
  }
  dot_->setPixmap(dotPixmap(colorOf(isBusy ? t.acc : t.ok), ratio));
  chip_->setText(engine_);
  chip_->setToolTip(tr("Which model performs"));
  if (isBusy) {
    showProgress();
  } else {
    const bool isUpToDate = session_.takes().shown() && session_.changesSinceShown() == 0;
    generate_->setState(isUpToDate ? GenerateButton::State::UpToDate : GenerateButton::State::Generate);
  }
}

void TopBar::showProgress() {
  if (engineProblem_.isEmpty()) {
    generate_->setState(GenerateButton::State::Working, session_.jobs().jobs().front().progress.fraction);
  }
}

void TopBar::showSaveState() {
  const ColorTokens& t = tokens();
  const QString name = saveState_.iconName();
  const QColor color = colorOf(saveState_.isTrouble() ? t.warn : saveState_.kind() == SaveState::Kind::Saved ? t.ok : t.t3);
  saved_->setIcon(name.isEmpty() ? QIcon() : icon(name, color));
  saved_->setText(saveState_.words());
  saved_->setToolTip(saveState_.reason());
  saved_->setAccessibleName(tr("Save state: %1").arg(saveState_.words()));
  saved_->setVisible(!saveState_.words().isEmpty());
  // Only trouble has something behind it.
  saved_->setFocusPolicy(saveState_.isTrouble() ? Qt::TabFocus : Qt::NoFocus);
  saved_->setAutoRaise(true);
  placeNames();
  if (saveState_.kind() == SaveState::Kind::Saving) {
    repaint();  // saving holds everything up until it is done
  }
}

void TopBar::placeNames() {
  constexpr int kGap = 12;
  const QWidget* menus = menus_->isVisibleTo(this) ? static_cast<const QWidget*>(menus_) : mark_;
  const int left = menus->geometry().right() + kGap, right = (workspaces_->isVisibleTo(this) ? static_cast<const QWidget*>(workspaces_) : dot_)->geometry().left() - kGap;
  const QSize wanted = middle_->sizeHint();
  const int width = std::max(0, std::min(wanted.width(), right - left));
  const int x = std::max(left, std::min((this->width() - width) / 2, right - width));
  middle_->setGeometry(x, (height() - wanted.height()) / 2, width, wanted.height());
}

bool TopBar::event(QEvent* event) {
  const bool isDone = Panel::event(event);
  if (event->type() == QEvent::LayoutRequest) {
    placeNames();  // the menus or the engine take other room
  }
  return isDone;
}

void TopBar::setEngine(const QString& description, const QString& problem) {
  engine_ = description;
  engineProblem_ = problem;
  refresh();
}

void TopBar::offerModels(const QStringList& models, const QString& current) {
  QMenu* before = chip_->menu();
  auto* menu = new QMenu(chip_);
  menu->setLayoutDirection(layoutDirection());  // the chip's own puts its arrow behind its name
  menu->setToolTipsVisible(true);
  for (const QString& model : models) {
    const QString prefix = QLatin1String(kGemModelPrefix);
    const bool isGem = model.startsWith(prefix);
    const QFileInfo file(model.mid(prefix.size()));
    QAction* entry = menu->addAction(isGem ? tr("GEM · %1").arg(file.completeBaseName()) : tr("Kinescore"));
    entry->setToolTip(isGem ? file.absoluteFilePath() : tr("The model that ships with the program"));
    entry->setData(model);
    entry->setCheckable(true);
    entry->setChecked(model == current);
    connect(entry, &QAction::triggered, this, [this, model] { Q_EMIT modelChosen(model); });
  }
  menu->addSeparator();
  connect(menu->addAction(tr("Choose a GEM file…")), &QAction::triggered, this, &TopBar::gemFileWanted);
  chip_->setMenu(menu);
  chip_->setIcon(icon(QStringLiteral("chevron-down"), colorOf(tokens().t3)));
  chip_->setIconSize({12, 12});
  chip_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
  chip_->setLayoutDirection(Qt::RightToLeft);
  if (before != nullptr) before->deleteLater();
}

void TopBar::resizeEvent(QResizeEvent*) {
  const bool isFolded = width() < kFoldMenusUnder;
  menus_->setVisible(!isFolded);
  workspaces_->setVisible(!isFolded);  // they are in the window's menu, too
  if (isFolded && mark_->menu() == nullptr) {
    auto* all = new QMenu(mark_);
    all->addActions(menus_->actions());
    mark_->setMenu(all);
  } else if (!isFolded && mark_->menu() != nullptr) {
    QMenu* all = mark_->menu();
    mark_->setMenu(nullptr);
    all->deleteLater();
  }
  refresh();
}

}  // namespace kinescore
