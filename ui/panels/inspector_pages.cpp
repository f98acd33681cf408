// The part of Inspector that makes its pages.
#include <QIntValidator>

#include "ui/document/edit_commands.h"
#include "ui/panels/inspector.h"
#include "ui/panels/inspector_page.h"
#include "ui/panels/sampling_settings.h"
#include "ui/theme/theme.h"
#include "ui/widgets/color_choice.h"
#include "ui/widgets/elided_label.h"

namespace kinescore {

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

QWidget* Inspector::makeSampling(QWidget* parent) {
  samplings_.push_back(new SamplingSettings(session_, parent));
  return samplings_.back();
}

QWidget* Inspector::makeProjectPage() {
  const PageParts page = makePage(this);
  QVBoxLayout* facts = addSection(page);
  projectName_ = new ElidedLabel({}, page.body);
  projectName_->setObjectName(QStringLiteral("projectName"));
  projectName_->setProperty("kind", "heading");
  projectFacts_ = new QLabel(page.body);
  projectFacts_->setWordWrap(true);
  facts->addWidget(projectName_);
  facts->addWidget(projectFacts_);
  QVBoxLayout* length = addSection(page);
  rate_ = new ChoiceBox(page.body);
  rate_->setObjectName(QStringLiteral("project rate"));
  rate_->setAccessibleName(tr("Frame rate"));
  rate_->setFixedHeight(measure::kField);
  rate_->setToolTip(tr("How time is counted and files are written. What lies on the timeline keeps its time."));
  for (const FrameRate& offered : offeredRates()) {
    rate_->addItem(rateText(offered));
  }
  length->addLayout(withLabel(tr("Frame rate"), static_cast<QWidget*>(rate_), page.body));
  connect(rate_, &QComboBox::activated, this, [this](int index) {
    TimelineSettings settings = session_.timeline().settings();
    settings.rate = offeredRates()[std::size_t(index)];
    session_.document().edit(tr("Frame rate"), changeSettings(session_.timeline(), settings));
  });
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
  next->addWidget(makeSampling(page.body));
  connect(references_, &SegmentedChoice::chosen, this, [this](int count) { session_.setReferences(count); });
  auto* hint = new QLabel(tr("Select something on the timeline to edit it."), page.body);
  hint->setProperty("kind", "label");
  hint->setWordWrap(true);
  QVBoxLayout* end = addSection(page);
  end->addWidget(hint);
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
  trackColor_ = new ColorChoice(page.body);
  trackColor_->setObjectName(QStringLiteral("track color"));
  section->addLayout(withLabel(tr("Colour"), static_cast<QWidget*>(trackColor_), page.body));
  connect(trackColor_, &ColorChoice::chosen, this, [this](int color) {
    setTrackColor(session_, session_.selection().track(), color);
  });
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
  QVBoxLayout* next = addSection(page);
  next->addWidget(makeSeedAndQuality(page.body));
  next->addWidget(makeSampling(page.body));
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
