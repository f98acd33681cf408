#include "ui/panels/start_page.h"

#include <QApplication>
#include <QFileInfo>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollArea>
#include <QScrollBar>
#include <QSettings>

#include "engine/core/frame_rates.h"
#include "ui/document/aside.h"
#include "ui/panels/sample_card.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

constexpr int kLeftWidth = 372;
constexpr int kRightMargin = 60, kNarrowMargin = 32, kCardGap = 20;
constexpr int kNarrowUnder = 1366;
constexpr int kTwoColumnsUnder = 740;  // of all cards beside one another
constexpr int kRecentShown = 6;

/// A wide button: icon, words, and the key that does the same.
class StartButton : public QPushButton {
 public:
  StartButton(const QString& iconName, const QString& words, const QString& key, bool isPrimary, QWidget* parent)
      : QPushButton(words, parent), iconName_(iconName), key_(key) {
    setStyleSheet(QStringLiteral("min-height: 38px;"));
    setAccessibleName(words);
    setAccessibleDescription(key);
    if (isPrimary) {
      setProperty("kind", "primary");
    }
  }

 protected:
  void paintEvent(QPaintEvent*) override {
    const ColorTokens& t = tokens();
    const bool isPrimary = property("kind").toString() == QLatin1String("primary");
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(colorOf(hasFocus() ? t.acc : isPrimary ? t.accWorking : t.line2), hasFocus() ? 2 : 1));
    painter.setBrush(colorOf(isPrimary ? (underMouse() ? t.accWorking : t.accFill) : underMouse() ? t.s5 : t.s4));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 6, 6);
    drawIcon(painter, {13, (height() - 16) / 2}, iconName_, colorOf(t.t1), 16);
    painter.setFont(numberFont(10, QFont::DemiBold));
    const int keyWidth = painter.fontMetrics().horizontalAdvance(key_) + 12;
    const QRectF cap(width() - keyWidth - 13.5, (height() - 17) / 2 + 0.5, keyWidth, 17);
    painter.setPen(QPen(colorOf(isPrimary ? t.accPale : t.line2), 1));
    painter.setBrush(isPrimary ? QBrush(Qt::NoBrush) : QBrush(colorOf(t.s2)));
    painter.drawRoundedRect(cap, 4, 4);
    painter.setPen(colorOf(isPrimary ? t.t1 : t.t3));
    painter.drawText(cap, Qt::AlignCenter, key_);
    painter.setFont(uiFont(13, isPrimary ? QFont::DemiBold : QFont::Normal));
    painter.setPen(colorOf(t.t1));
    const QRect words(38, 0, int(cap.left()) - 46, height());
    painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft, painter.fontMetrics().elidedText(text(), Qt::ElideRight, words.width()));
  }

 private:
  QString iconName_, key_;
};

/// A key as it is drawn on a keyboard.
QLabel* makeKeyCap(const QString& key, QWidget* parent) {
  auto* cap = new QLabel(key, parent);
  cap->setFont(numberFont(10, QFont::DemiBold));
  cap->setStyleSheet(QStringLiteral("background: %1; border: 1px solid %2; border-radius: 4px; padding: 1px 5px; color: %3; font-size: 10px;")
                         .arg(colorOf(tokens().s4).name(), colorOf(tokens().line2).name(), colorOf(tokens().t2).name()));
  return cap;
}

QLabel* makeTitle(const QString& words, double pixels, QWidget* parent) {
  auto* title = new QLabel(words, parent);
  title->setFont(uiFont(pixels, QFont::DemiBold));
  title->setStyleSheet(QStringLiteral("font-size: %1px; font-weight: 600; color: %2;").arg(pixels).arg(colorOf(tokens().t1).name()));
  return title;
}

void showCheck(QLabel* iconLabel, QLabel* words, const QString& iconName, Rgb color, const QString& text) {
  iconLabel->setPixmap(iconPixmap(iconName, colorOf(color), 16, iconLabel->devicePixelRatioF()));
  words->setText(text);
}

}  // namespace

StartPage::StartPage(const Services& services, QWidget* parent) : QWidget(parent), services_(services) {
  setObjectName(QStringLiteral("startPage"));
  setAccessibleName(tr("Start page"));
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(0);
  auto* left = new QScrollArea(this);
  left->setWidget(makeLeft());
  left->setWidgetResizable(true);
  left->setFixedWidth(kLeftWidth);
  left->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  left->setFocusPolicy(Qt::NoFocus);
  left->setStyleSheet(QStringLiteral("QScrollArea { border-right: 1px solid %1; }").arg(colorOf(tokens().line).name()));
  right_ = new QScrollArea(this);
  right_->setWidget(makeRight());
  right_->setWidgetResizable(true);
  right_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  right_->setFocusPolicy(Qt::NoFocus);
  row->addWidget(left);
  row->addWidget(right_, 1);
  placeCards();
}

QWidget* StartPage::makeLeft() {
  auto* body = new Panel("body", this);
  auto* column = new QVBoxLayout(body);
  column->setContentsMargins(40, 36, 40, 24);
  column->setSpacing(8);
  auto* brand = new QHBoxLayout;
  auto* mark = new QLabel(body);
  mark->setPixmap(iconPixmap(QStringLiteral("mark"), colorOf(tokens().t1), 30, devicePixelRatioF()));
  brand->addWidget(mark);
  brand->addSpacing(4);
  brand->addWidget(makeTitle(tr("Kinescore"), 19, body));
  brand->addStretch();
  column->addLayout(brand);
  column->addSpacing(32);
  column->addWidget(makeTitle(tr("Score your first motion"), 26, body));
  auto* lead = new QLabel(tr("Place words, sound, poses, paths and video on a timeline. Kinescore performs them as one motion."), body);
  lead->setStyleSheet(QStringLiteral("font-size: 13px;"));
  lead->setWordWrap(true);
  column->addWidget(lead);
  column->addSpacing(14);

  if (!services_.samples.empty()) {
    first_ = new StartButton(QStringLiteral("play"), tr("Open “%1”").arg(services_.samples.front().name), tr("Enter"), true, body);
    first_->setObjectName(QStringLiteral("startFirst"));
    connect(first_, &QPushButton::clicked, this, [this] { Q_EMIT sampleWanted(services_.samples.front().file); });
    column->addWidget(first_);
  }
  auto* makeNew = new StartButton(QStringLiteral("plus"), tr("New empty project"), tr("Ctrl+N"), first_ == nullptr, body);
  makeNew->setObjectName(QStringLiteral("startNew"));
  connect(makeNew, &QPushButton::clicked, this, &StartPage::newWanted);
  column->addWidget(makeNew);
  auto* open = new StartButton(QStringLiteral("folder"), tr("Open a project…"), tr("Ctrl+O"), false, body);
  open->setObjectName(QStringLiteral("startOpen"));
  connect(open, &QPushButton::clicked, this, &StartPage::openWanted);
  column->addWidget(open);
  if (first_ == nullptr) {
    first_ = makeNew;
  }

  column->addSpacing(26);
  column->addWidget(makeTitle(tr("Recent"), 13, body));
  recent_ = new QVBoxLayout;
  recent_->setSpacing(2);
  column->addLayout(recent_);
  column->addSpacing(26);
  column->addWidget(makeTitle(tr("This computer"), 13, body));
  const auto check = [&](const char* name, QLabel*& iconLabel, QLabel*& words) {
    auto* line = new QHBoxLayout;
    iconLabel = new QLabel(body);
    words = new QLabel(body);
    words->setObjectName(QLatin1String(name));
    words->setWordWrap(true);
    line->addWidget(iconLabel, 0, Qt::AlignTop);
    line->addSpacing(4);
    line->addWidget(words, 1);
    column->addLayout(line);
  };
  check("engineCheck", engineIcon_, engine_);
  check("viewCheck", viewIcon_, view_);
  check("libraryCheck", libraryIcon_, library_);
  QLabel *offlineIcon = nullptr, *offline = nullptr;
  check("offlineCheck", offlineIcon, offline);
  showCheck(offlineIcon, offline, QStringLiteral("info"), tokens().t3, tr("Works offline, no account"));
  column->addStretch();
  return body;
}

QWidget* StartPage::makeRight() {
  auto* body = new QWidget(this);
  body->setObjectName(QStringLiteral("startRight"));
  body->setStyleSheet(QStringLiteral("#startRight { background: %1; }").arg(colorOf(tokens().s1).name()));
  auto* column = new QVBoxLayout(body);
  column->setContentsMargins(kRightMargin, 36, kRightMargin, 24);
  column->setSpacing(0);
  auto* top = new QHBoxLayout;
  top->addWidget(makeTitle(services_.samples.empty() ? tr("Start") : tr("Start from a sample"), 17, body));
  top->addStretch();
  auto* skip = makeLink(tr("Skip, show the empty window"), body);
  skip->setObjectName(QStringLiteral("startSkip"));
  skip->setToolTip(tr("Close this page  (Esc)"));
  connect(skip, &QPushButton::clicked, this, &StartPage::closeWanted);
  top->addWidget(skip);
  column->addLayout(top);
  column->addSpacing(18);
  grid_ = new QGridLayout;
  grid_->setSpacing(kCardGap);
  for (const Sample& sample : services_.samples) {
    auto* card = new SampleCard(sample, body);
    connect(card, &SampleCard::clicked, this, [this, file = sample.file] { Q_EMIT sampleWanted(file); });
    connect(card, &SampleCard::arrowPressed, this, [this, card](int key) { walkCards(card, key); });
    cards_.append(card);
  }
  column->addLayout(grid_);
  column->addSpacing(44);
  column->addWidget(makeTitle(tr("How you work"), 17, body));
  column->addSpacing(14);
  column->addWidget(makeChoices());
  column->addSpacing(10);
  auto* later = makeLabel(tr("You can change this later: the rate on the project's page of the inspector, the time by a click on the ruler's name."), body);
  later->setWordWrap(true);
  column->addWidget(later);
  column->addStretch();
  return body;
}

QWidget* StartPage::makeChoices() {
  auto* box = new Panel("segment", this);
  auto* column = new QVBoxLayout(box);
  column->setContentsMargins(20, 16, 20, 16);
  column->setSpacing(14);
  auto* fields = new QHBoxLayout;
  fields->setSpacing(16);
  const auto field = [&](const QString& name, ChoiceBox*& choice) {
    auto* part = new QVBoxLayout;
    part->setSpacing(5);
    part->addWidget(makeLabel(name, box));
    choice = new ChoiceBox(box);
    choice->setAccessibleName(name);
    choice->setFixedWidth(200);
    part->addWidget(choice);
    fields->addLayout(part);
  };
  field(tr("Frame rate of new projects"), rate_);
  for (const NamedFrameRate& named : kNamedFrameRates) {
    rate_->addItem(rateText(named.rate));
  }
  field(tr("Time shown as"), time_);
  time_->addItems({tr("Frames"), tr("Seconds"), tr("Timecode")});
  fields->addStretch();
  auto* all = makeLink(tr("All keys"), box);
  all->setObjectName(QStringLiteral("startKeys"));
  connect(all, &QPushButton::clicked, this, &StartPage::keysWanted);
  fields->addWidget(all, 0, Qt::AlignBottom);
  column->addLayout(fields);
  connect(rate_, &QComboBox::activated, this, [this](int i) { Q_EMIT rateChosen(kNamedFrameRates[std::size_t(i)].rate); });
  connect(time_, &QComboBox::activated, this, [this](int i) { Q_EMIT timeDisplayChosen(TimeDisplay(i)); });

  auto* keys = new QHBoxLayout;
  keys->setSpacing(6);
  keys->addWidget(makeLabel(tr("In this keymap"), box));
  const std::pair<QString, QString> shown[] = {{tr("Space"), tr("Play")},
                                               {tr("S"), tr("Pin pose")},
                                               {tr("Ctrl+Enter"), tr("Generate")},
                                               {tr("Ctrl+Shift+Enter"), tr("Regenerate range")},
                                               {tr("Esc"), tr("Cancel")}};
  for (const auto& [key, words] : shown) {
    keys->addSpacing(6);
    keys->addWidget(makeKeyCap(key, box));
    keys->addWidget(new QLabel(words, box));
  }
  keys->addStretch();
  column->addLayout(keys);
  return box;
}

void StartPage::setEngine(const QString& description, const QString& problem) {
  problem.isEmpty() ? showCheck(engineIcon_, engine_, QStringLiteral("check"), tokens().ok, tr("Engine ready: %1").arg(description))
                    : showCheck(engineIcon_, engine_, QStringLiteral("warn"), tokens().warn, tr("No engine: %1").arg(problem));
}

void StartPage::lookAtView() {
  if (!services_.openView || !view_->text().isEmpty()) {
    return;  // a card does not come and go
  }
  showCheck(viewIcon_, view_, QStringLiteral("more"), tokens().t3, tr("Looking at the graphics card…"));
  runAside(this, services_.openView, [this](const Result<std::string>& device) {
    device ? showCheck(viewIcon_, view_, QStringLiteral("check"), tokens().ok,
                       tr("View ready: Vulkan, %1").arg(QString::fromStdString(*device)))
           : showCheck(viewIcon_, view_, QStringLiteral("warn"), tokens().warn,
                       tr("No 3D view: %1").arg(QString::fromStdString(device.error().message)));
  });
}

void StartPage::setRecent(const QStringList& files) {
  while (QLayoutItem* item = recent_->takeAt(0)) {
    delete item->widget();
    delete item;
  }
  if (files.isEmpty()) {
    recent_->addWidget(makeLabel(tr("Projects you open will be listed here."), this));
    return;
  }
  for (const QString& file : files.mid(0, kRecentShown)) {
    const QFileInfo info(file);
    const bool isThere = info.exists();
    auto* line = new QWidget(this);
    auto* row = new QHBoxLayout(line);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    auto* name = new QPushButton(line);
    name->setObjectName(QStringLiteral("recent:") + info.completeBaseName());
    name->setProperty("kind", "flat");
    name->setStyleSheet(QStringLiteral("text-align: left; padding: 0 4px; color: %1;").arg(colorOf(isThere ? tokens().t2 : tokens().t4).name()));
    name->setText(name->fontMetrics().elidedText(info.completeBaseName(), Qt::ElideMiddle, isThere ? 250 : 160));
    name->setToolTip(file);
    name->setAccessibleName(isThere ? tr("Open “%1”").arg(info.completeBaseName()) : tr("“%1” is missing. Find it").arg(info.completeBaseName()));
    connect(name, &QPushButton::clicked, this, [this, file] { Q_EMIT recentWanted(file); });
    row->addWidget(name, 1);
    if (!isThere) {
      auto* find = makeLink(tr("Find it…"), line);
      find->setToolTip(tr("“%1” is not where it was").arg(info.fileName()));
      connect(find, &QPushButton::clicked, this, [this, file] { Q_EMIT recentWanted(file); });
      row->addWidget(find);
    }
    recent_->addWidget(line);
  }
}

void StartPage::setChoices(FrameRate rate, TimeDisplay display) {
  for (std::size_t i = 0; i < kNamedFrameRates.size(); ++i) {
    if (kNamedFrameRates[i].rate == rate) {
      rate_->setCurrentIndex(int(i));
    }
  }
  time_->setCurrentIndex(int(display));
}

void StartPage::focusFirst() { first_->setFocus(); }

void StartPage::placeCards() {
  const int margin = width() < kNarrowUnder ? kNarrowMargin : kRightMargin;
  right_->widget()->layout()->setContentsMargins(margin, 36, margin, 24);
  const int wide = width() - kLeftWidth - 2 * margin - right_->verticalScrollBar()->sizeHint().width();
  if (wide <= 0) {
    return;  // not laid out yet
  }
  const int columns = wide < kTwoColumnsUnder ? 2 : 3;
  for (SampleCard* card : cards_) {
    card->setFixedHeight(card->heightForWidth((wide - (columns - 1) * kCardGap) / columns));
  }
  if (columns == columns_) {
    return;
  }
  columns_ = columns;
  for (SampleCard* card : cards_) {
    grid_->removeWidget(card);
  }
  for (int i = 0; i < cards_.size(); ++i) {
    grid_->addWidget(cards_[i], i / columns, i % columns);
  }
  for (int i = 0; i < 3; ++i) {
    grid_->setColumnStretch(i, i < columns ? 1 : 0);
  }
}

void StartPage::resizeEvent(QResizeEvent* event) {
  QWidget::resizeEvent(event);
  placeCards();
}

void StartPage::showEvent(QShowEvent* event) {
  QWidget::showEvent(event);
  expectDurations();
  countClips();
  lookAtView();
}

void StartPage::expectDurations() {
  const double speed = services_.settings == nullptr ? 0 : services_.settings->value(QStringLiteral("speed/1"), 0).toDouble();
  for (SampleCard* card : cards_) {
    QString words = speed > 0 ? tr("%1 on this computer").arg(roughDuration(speed * card->seconds())) : QString();
    if (!words.isEmpty()) {
      words[0] = words[0].toUpper();
    }
    card->setExpectation(words);
  }
}

void StartPage::countClips() {
  if (!services_.countClips) {
    showCheck(libraryIcon_, library_, QStringLiteral("info"), tokens().t3, tr("No library of motion"));
    return;
  }
  if (library_->text().isEmpty()) {
    showCheck(libraryIcon_, library_, QStringLiteral("more"), tokens().t3, tr("Looking at the library…"));
  }
  runAside(this, services_.countClips, [this](const Result<int>& clips) {
    clips ? showCheck(libraryIcon_, library_, QStringLiteral("check"), tokens().ok, tr("Library ready: %1 clips").arg(*clips))
          : showCheck(libraryIcon_, library_, QStringLiteral("warn"), tokens().warn,
                      tr("No library: %1").arg(QString::fromStdString(clips.error().message)));
  });
}

bool StartPage::event(QEvent* event) {
  if (event->type() == QEvent::ShortcutOverride) {
    // Keys of the timeline, which is not to be seen, are kept from it.
    const auto* key = static_cast<QKeyEvent*>(event);
    const QKeySequence pressed(key->keyCombination());
    if (!allowedKeys_.contains(pressed)) {
      event->accept();
      return true;
    }
  }
  return QWidget::event(event);
}

void StartPage::keyPressEvent(QKeyEvent* event) {
  auto* button = qobject_cast<QAbstractButton*>(QApplication::focusWidget());
  switch (event->key()) {
    case Qt::Key_Escape: Q_EMIT closeWanted(); return;
    case Qt::Key_Return:
    case Qt::Key_Enter: button != nullptr && isAncestorOf(button) ? button->click() : first_->click(); return;
    default: QWidget::keyPressEvent(event);
  }
}

void StartPage::walkCards(SampleCard* from, int key) {
  const int step = key == Qt::Key_Left ? -1 : key == Qt::Key_Right ? 1 : key == Qt::Key_Up ? -columns_ : columns_;
  const int to = int(cards_.indexOf(from)) + step;
  if (to >= 0 && to < cards_.size()) {
    cards_[to]->setFocus();
    right_->ensureWidgetVisible(cards_[to]);
  }
}

}  // namespace kinescore
