// The part of Inspector that makes its pages.
#include <numbers>

#include <QHeaderView>
#include <QIntValidator>
#include <QPlainTextEdit>
#include <QTableWidget>

#include "ui/document/edit_commands.h"
#include "ui/panels/inspector.h"
#include "ui/panels/inspector_page.h"
#include "ui/panels/path_map.h"
#include "ui/panels/strength_editor.h"
#include "ui/theme/theme.h"

namespace kinescore {
QWidget* Inspector::makeTimes(QWidget* parent, FrameField*& start, FrameField*& end, FrameField*& length) {
  auto* box = new QWidget(parent);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  start = new FrameField(box);
  end = new FrameField(box);
  length = new FrameField(box);
  length->setUnit(tr(" f"));
  row->addLayout(withLabel(tr("Start"), start, box));
  row->addLayout(withLabel(tr("End"), end, box));
  row->addLayout(withLabel(tr("Length"), length, box));
  const auto at = [this](qint64 frame) { return ticksOfFrame(frame, session_.rate()); };
  connect(start, &FrameField::frameEdited, this, [this, at](qint64 frame) {
    if (const auto now = clip()) {
      setSpan({at(frame), now->span.end});
    }
  });
  connect(end, &FrameField::frameEdited, this, [this, at](qint64 frame) {
    if (const auto now = clip()) {
      setSpan({now->span.start, at(frame)});
    }
  });
  connect(length, &FrameField::frameEdited, this, [this, at](qint64 frames) {
    if (const auto now = clip()) {
      setSpan({now->span.start, now->span.start + at(frames)});
    }
  });
  return box;
}

QWidget* Inspector::makeSeedAndQuality(QWidget* parent) {
  auto* box = new QWidget(parent);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  auto* seedBox = new QWidget(box);
  auto* seedRow = new QHBoxLayout(seedBox);
  seedRow->setContentsMargins(0, 0, 0, 0);
  seedRow->setSpacing(2);
  auto* seed = new QLineEdit(seedBox);
  seed->setFont(numberFont());
  seed->setFixedHeight(measure::kField);
  seed->setValidator(new QIntValidator(0, 999'999'999, seed));
  seed->setAccessibleName(tr("Seed of the next take"));
  auto* dice = makeIconButton(QStringLiteral("dice"), tr("Another seed"), {}, seedBox);
  seedRow->addWidget(seed);
  seedRow->addWidget(dice);
  auto* left = new QVBoxLayout;
  left->setSpacing(4);
  left->addWidget(makeLabel(tr("Seed, next take"), box));
  left->addWidget(seedBox);
  auto* quality = new SegmentedChoice({tr("Draft"), tr("Good"), tr("Best")}, box);
  row->addLayout(left, 9);
  row->addLayout(withLabel(tr("Quality"), quality, box), 11);
  connect(seed, &QLineEdit::editingFinished, this, [this, seed] {
    if (!isRefreshing_ && seed->hasAcceptableInput()) {
      session_.setSeed(seed->text().toULongLong());
    }
  });
  connect(dice, &QToolButton::clicked, this, [this] { session_.newSeed(); });
  connect(quality, &SegmentedChoice::chosen, this, [this](int index) { session_.setQuality(Quality(index)); });
  seeds_.push_back(seed);
  qualities_.push_back(quality);
  return box;
}

QWidget* Inspector::makeProjectPage() {
  const PageParts page = makePage(this);
  QVBoxLayout* facts = addSection(page);
  projectName_ = makeHeading({}, page.body);
  projectFacts_ = new QLabel(page.body);
  projectFacts_->setWordWrap(true);
  facts->addWidget(projectName_);
  facts->addWidget(projectFacts_);
  QVBoxLayout* length = addSection(page);
  duration_ = new FrameField(page.body);
  duration_->setUnit(tr(" f"));
  duration_->setObjectName(QStringLiteral("duration"));
  length->addLayout(withLabel(tr("Length of the project"), duration_, page.body));
  connect(duration_, &FrameField::frameEdited, this, [this](qint64 frames) {
    TimelineSettings settings = session_.timeline().settings();
    const bool playsAll = settings.playRange.end == settings.duration;
    settings.duration = ticksOfFrame(std::max<qint64>(1, frames), settings.rate);
    if (playsAll) {
      settings.playRange.end = settings.duration;
    }
    session_.document().edit(tr("Length of the project"), changeSettings(session_.timeline(), settings));
  });
  QVBoxLayout* next = addSection(page);
  next->addWidget(makeSeedAndQuality(page.body));
  references_ = new SegmentedChoice({tr("None"), tr("1"), tr("2"), tr("3")}, page.body);
  references_->setObjectName(QStringLiteral("references"));
  references_->setToolTip(tr("Captured motion from the library that the engine looks at for each prompt. "
                             "The motion itself is made anew."));
  referencesRow_ = new QWidget(page.body);
  auto* rowLayout = withLabel(tr("References found for each prompt"), references_, referencesRow_);
  rowLayout->setContentsMargins(0, 0, 0, 0);
  referencesRow_->setLayout(rowLayout);
  next->addWidget(referencesRow_);
  next->addWidget(makeDraftRow(page.body));
  connect(references_, &SegmentedChoice::chosen, this, [this](int count) { session_.setReferences(count); });
  auto* hint = new QLabel(tr("Select something on the timeline to edit it."), page.body);
  hint->setProperty("kind", "label");
  hint->setWordWrap(true);
  QVBoxLayout* end = addSection(page);
  end->addWidget(hint);
  page.column->addStretch(1);
  return page.scroll;
}

QWidget* Inspector::makeTextPage() {
  const PageParts page = makePage(this);
  prompt_ = new QPlainTextEdit(page.body);
  prompt_->setObjectName(QStringLiteral("prompt"));
  prompt_->setAccessibleName(tr("Prompt"));
  prompt_->setFixedHeight(58);
  prompt_->setFont(uiFont(13));
  prompt_->setStyleSheet(QStringLiteral("font-size: 13px;"));
  prompt_->setTabChangesFocus(true);
  prompt_->setPlaceholderText(tr("What the character does"));
  addSection(page)->addWidget(prompt_);
  connect(prompt_, &QPlainTextEdit::textChanged, this, [this] {
    if (isRefreshing_) {
      return;
    }
    const auto now = clip();
    if (!now) {
      return;
    }
    if (typedClip_ != now->id || typing_ == kNoGesture) {
      typing_ = session_.document().newGesture();
      typedClip_ = now->id;
    }
    Clip changed = *now;
    std::get<TextCondition>(changed.condition).prompt = prompt_->toPlainText().simplified().toStdString();
    session_.document().edit(tr("Change prompt"), changeClip(session_.timeline(), changed), typing_);
  });
  textPart_ = new SegmentedChoice({tr("All"), tr("L arm"), tr("R arm"), tr("Head"), tr("Spine"), tr("Legs")}, page.body, 3);
  textPart_->setObjectName(QStringLiteral("body part"));
  textPart_->setToolTip(tr("The part of the body that these words are for. The rest follows the other prompts."));
  addSection(page)->addLayout(withLabel(tr("Body part"), textPart_, page.body));
  connect(textPart_, &SegmentedChoice::chosen, this, [this](int part) {
    changeClipNow(tr("Body part"), [part](Clip& changed) { std::get<TextCondition>(changed.condition).part = BodyPart(part); });
  });
  addSection(page)->addWidget(makeTimes(page.body, textStart_, textEnd_, textLength_));
  QVBoxLayout* strength = addSection(page);
  auto* row = new QHBoxLayout;
  row->addWidget(makeLabel(tr("Strength"), page.body));
  row->addStretch();
  strengthValue_ = new QLabel(page.body);
  strengthValue_->setFont(numberFont(11));
  strengthValue_->setStyleSheet(QStringLiteral("font-size: 11px;"));
  row->addWidget(strengthValue_);
  strength->addLayout(row);
  strength_ = new StrengthEditor(session_, page.body);
  strength->addWidget(strength_);
  connect(strength_, &StrengthEditor::valueShown, strengthValue_, &QLabel::setText);
  addSection(page)->addWidget(makeSeedAndQuality(page.body));
  page.column->addStretch(1);
  return page.scroll;
}

QWidget* Inspector::makePosePage() {
  const PageParts page = makePage(this);
  QVBoxLayout* section = addSection(page);
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  poseFrame_ = new FrameField(page.body);
  poseFrame_->setObjectName(QStringLiteral("poseFrame"));
  poseHold_ = new FrameField(page.body);
  poseHold_->setUnit(tr(" f"));
  poseTolerance_ = new NumberField(1, 0.1, 50, page.body);
  poseHold_->setObjectName(QStringLiteral("poseHold"));
  poseHold_->setUsual(1);
  poseTolerance_->setUsual(1);
  row->addLayout(withLabel(tr("Frame"), poseFrame_, page.body));
  row->addLayout(withLabel(tr("Hold"), poseHold_, page.body));
  row->addLayout(withLabel(tr("Tolerance, cm"), poseTolerance_, page.body));
  section->addLayout(row);
  connect(poseFrame_, &FrameField::frameEdited, this, [this](qint64 frame) {
    if (const auto now = clip()) {
      const std::vector<ObjectId> ids{now->id};
      session_.document().edit(tr("Move pose"),
                               moveClips(session_.timeline(), ids, ticksOfFrame(frame, session_.rate()) - now->span.start));
    }
  });
  connect(poseHold_, &FrameField::frameEdited, this, [this](qint64 frames) {
    if (const auto now = clip()) {
      const Ticks end = now->span.start + ticksOfFrame(std::max<qint64>(1, frames), session_.rate());
      session_.document().edit(tr("Hold pose"), holdKey(session_.timeline(), now->id, end));
      refresh();
    }
  });
  connect(poseTolerance_, &NumberField::numberEdited, this, [this](double centimeters) {
    changeClipNow(tr("Tolerance"), [&](Clip& changed) {
      if (auto* key = std::get_if<PoseCondition>(&changed.condition)) {
        key->toleranceMeters = float(centimeters / 100);
      }
    });
  });
  QVBoxLayout* actions = addSection(page);
  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(8);
  auto* goTo = new QPushButton(tr("Go to"), page.body);
  auto* take = new QPushButton(tr("Take the pose on screen"), page.body);
  buttons->addWidget(goTo);
  buttons->addWidget(take, 1);
  actions->addLayout(buttons);
  connect(goTo, &QPushButton::clicked, this, [this] {
    if (const auto now = clip()) {
      session_.playback().pause();
      session_.playback().seek(now->span.start);
    }
  });
  connect(take, &QPushButton::clicked, this, [this] {
    changeClipNow(tr("Change pose"), [&](Clip& changed) {
      if (auto* key = std::get_if<PoseCondition>(&changed.condition)) {
        key->pose = session_.poseAt(session_.playback().position());
      }
    });
  });
  page.column->addStretch(1);
  return page.scroll;
}

QWidget* Inspector::makePathPage() {
  const PageParts page = makePage(this);
  QVBoxLayout* top = addSection(page);
  map_ = new PathMap(session_, page.body);
  top->addWidget(map_);
  auto* row = new QHBoxLayout;
  pathFacts_ = makeLabel({}, page.body);
  pathFacts_->setFont(numberFont(11));
  fromTake_ = makeLink(tr("Follow the take"), page.body);
  row->addWidget(pathFacts_);
  row->addStretch();
  row->addWidget(fromTake_);
  top->addLayout(row);
  connect(fromTake_, &QPushButton::clicked, this, [this] { session_.pathFromTake(); });
  addSection(page)->addWidget(makeTimes(page.body, pathStart_, pathEnd_, pathLength_));
  QVBoxLayout* table = addSection(page);
  table->addWidget(makeLabel(tr("Points"), page.body));
  pathTable_ = new QTableWidget(0, 4, page.body);
  pathTable_->setObjectName(QStringLiteral("pathTable"));
  pathTable_->setHorizontalHeaderLabels({tr("Frame"), tr("x, m"), tr("z, m"), tr("Facing")});
  pathTable_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  pathTable_->verticalHeader()->hide();
  pathTable_->verticalHeader()->setDefaultSectionSize(22);
  pathTable_->setFont(numberFont(12));
  pathTable_->setSelectionBehavior(QAbstractItemView::SelectRows);
  pathTable_->setMinimumHeight(150);
  table->addWidget(pathTable_);
  connect(pathTable_, &QTableWidget::cellChanged, this, [this](int rowIndex, int column) {
    if (isRefreshing_) {
      return;
    }
    const auto now = clip();
    const auto* path = now ? std::get_if<PathCondition>(&now->condition) : nullptr;
    if (path == nullptr || rowIndex >= int(path->points.size())) {
      return;
    }
    std::vector<PathPoint> points = path->points;
    PathPoint& point = points[std::size_t(rowIndex)];
    const QString words = pathTable_->item(rowIndex, column)->text().trimmed();
    bool isNumber = false;
    const double number = QString(words).replace(u',', u'.').toDouble(&isNumber);
    if (column == 0) {
      point.time = ticksOfFrame(qint64(number), session_.rate()) - now->span.start;
    } else if (column == 1) {
      point.position.x = float(number);
    } else if (column == 2) {
      point.position.y = float(number);
    } else if (words.isEmpty() || words == tr("along")) {
      point.heading.reset();
      isNumber = true;
    } else {
      point.heading = float(number * std::numbers::pi / 180);
    }
    if (isNumber) {
      changePathPoints(session_, now->id, tr("Change path point"), std::move(points));
    }
    refresh();
  });
  page.column->addStretch(1);
  return page.scroll;
}

QWidget* Inspector::makeTrackPage() {
  const PageParts page = makePage(this);
  QVBoxLayout* section = addSection(page);
  trackName_ = new QLineEdit(page.body);
  trackName_->setFixedHeight(measure::kField);
  section->addLayout(withLabel(tr("Name"), trackName_, page.body));
  trackHeight_ = new SegmentedChoice({tr("Compact"), tr("Normal"), tr("Tall")}, page.body);
  section->addLayout(withLabel(tr("Height"), trackHeight_, page.body));
  const auto change = [this](const QString& name, const std::function<void(Track&)>& apply) {
    if (const auto now = session_.timeline().findTrack(session_.selection().track())) {
      Track changed = *now;
      apply(changed);
      session_.document().edit(name, changeTrack(session_.timeline(), changed));
    }
  };
  connect(trackName_, &QLineEdit::editingFinished, this, [this, change] {
    if (!isRefreshing_ && !trackName_->text().trimmed().isEmpty()) {
      change(tr("Rename track"), [&](Track& track) { track.name = trackName_->text().trimmed().toStdString(); });
    }
  });
  connect(trackHeight_, &SegmentedChoice::chosen, this, [change](int height) {
    change(tr("Track height"), [&](Track& track) { track.height = height; });
  });
  page.column->addStretch(1);
  return page.scroll;
}

QWidget* Inspector::makeTimePage() {
  const PageParts page = makePage(this);
  QVBoxLayout* section = addSection(page);
  auto* hold = new QHBoxLayout;
  hold->setSpacing(8);
  holdStart_ = new FrameField(page.body);
  holdEnd_ = new FrameField(page.body);
  hold->addLayout(withLabel(tr("Start"), holdStart_, page.body));
  hold->addLayout(withLabel(tr("End"), holdEnd_, page.body));
  section->addLayout(hold);
  auto* falloff = new QHBoxLayout;
  falloff->setSpacing(8);
  falloffIn_ = new FrameField(page.body);
  falloffOut_ = new FrameField(page.body);
  falloffIn_->setUnit(tr(" f"));
  falloffOut_->setUnit(tr(" f"));
  falloff->addLayout(withLabel(tr("Falloff in"), falloffIn_, page.body));
  falloff->addLayout(withLabel(tr("Falloff out"), falloffOut_, page.body));
  section->addLayout(falloff);
  const auto change = [this](const std::function<void(TimeSelection&, Ticks)>& apply) {
    return [this, apply](qint64 frame) {
      if (session_.selection().time()) {
        TimeSelection next = *session_.selection().time();
        apply(next, ticksOfFrame(std::max<qint64>(0, frame), session_.rate()));
        if (!next.hold.isEmpty() && next.span().start >= Ticks{0}) {
          session_.selection().setTime(next);
        }
        refresh();
      }
    };
  };
  connect(holdStart_, &FrameField::frameEdited, this, change([](TimeSelection& t, Ticks at) { t.hold.start = at; }));
  connect(holdEnd_, &FrameField::frameEdited, this, change([](TimeSelection& t, Ticks at) { t.hold.end = at; }));
  connect(falloffIn_, &FrameField::frameEdited, this, change([](TimeSelection& t, Ticks at) { t.falloffIn = at; }));
  connect(falloffOut_, &FrameField::frameEdited, this, change([](TimeSelection& t, Ticks at) { t.falloffOut = at; }));
  addSection(page)->addWidget(makeSeedAndQuality(page.body));
  QVBoxLayout* go = addSection(page);
  regenerateButton_ = new QPushButton(tr("Regenerate"), page.body);
  regenerateButton_->setProperty("kind", "primary");
  lockedWords_ = makeLabel({}, page.body);
  lockedWords_->setWordWrap(true);
  go->addWidget(regenerateButton_);
  go->addWidget(lockedWords_);
  connect(regenerateButton_, &QPushButton::clicked, this, &Inspector::regenerate);
  page.column->addStretch(1);
  return page.scroll;
}

QWidget* Inspector::makeTakePage() {
  const PageParts page = makePage(this);
  takeBox_ = new QWidget(page.body);
  takeLines_ = new QVBoxLayout(takeBox_);
  takeLines_->setContentsMargins(16, 9, 16, 10);
  takeLines_->setSpacing(2);
  page.column->addWidget(takeBox_);
  page.column->addStretch(1);
  return page.scroll;
}

}  // namespace kinescore
