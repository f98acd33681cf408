#include "ui/panels/inspector_reference_clip.h"

#include <algorithm>

#include "engine/generation/denoiser.h"
#include "ui/panels/inspector_page.h"
#include "ui/panels/strength_editor.h"
#include "ui/theme/theme.h"
#include "ui/widgets/elided_label.h"

namespace kinescore {
namespace {

constexpr double kLongestSeconds = 3600;

double windowSeconds() { return double(kWindowFrames) / kEngineRate.fps(); }

}  // namespace

ReferenceClipPage::ReferenceClipPage(Session& session, QWidget* parent) : QWidget(parent), session_(session) {
  setObjectName(QStringLiteral("referencePage"));
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  const PageParts page = makePage(this);
  all->addWidget(page.scroll);
  QVBoxLayout* facts = addSection(page);
  facts->addWidget(makeLabel(tr("Captured motion"), page.body));
  name_ = new QLabel(page.body);
  name_->setProperty("kind", "value");
  name_->setWordWrap(true);
  source_ = makeLabel({}, page.body);
  source_->setWordWrap(true);
  source_->setTextInteractionFlags(Qt::TextSelectableByMouse);
  facts->addWidget(name_);
  facts->addWidget(source_);
  makeFields(page.body, addSection(page));
  addSection(page)->addWidget(makeTimes(page.body));
  QVBoxLayout* strength = addSection(page);
  auto* row = new QHBoxLayout;
  row->addWidget(makeLabel(tr("Strength"), page.body));
  row->addStretch();
  strengthValue_ = makeLabel({}, page.body);
  strengthValue_->setFont(numberFont(11));
  row->addWidget(strengthValue_);
  strength->addLayout(row);
  strength_ = new StrengthEditor(session_, page.body);
  strength_->setToolTip(tr("The engine obeys the mean of this curve."));
  strength->addWidget(strength_);
  connect(strength_, &StrengthEditor::valueShown, strengthValue_, &QLabel::setText);
  note_ = makeLabel({}, page.body);
  note_->setWordWrap(true);
  strength->addWidget(note_);
  page.column->addStretch(1);
}

void ReferenceClipPage::makeFields(QWidget* parent, QVBoxLayout* column) {
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  from_ = new NumberField(2, 0, kLongestSeconds, parent);
  from_->setObjectName(QStringLiteral("referenceFrom"));
  from_->setUsual(0);
  speed_ = new NumberField(0, 90, 110, parent);
  speed_->setObjectName(QStringLiteral("referenceSpeed"));
  speed_->setUsual(100);
  row->addLayout(withLabel(tr("Part of it from, s"), from_, parent));
  row->addLayout(withLabel(tr("Speed, %"), speed_, parent));
  column->addLayout(row);
  part_ = makeLabel({}, parent);
  part_->setFont(numberFont(11));
  column->addWidget(part_);
  const auto choice = [&](const QString& name, const QStringList& names, const char* object) {
    auto* made = new SegmentedChoice(names, parent);
    made->setObjectName(QLatin1String(object));
    made->setAccessibleName(name);
    column->addLayout(withLabel(name, made, parent));
    return made;
  };
  mirror_ = choice(tr("Sides"), {tr("As captured"), tr("Mirrored")}, "referenceMirror");
  use_ = choice(tr("Use for"), {tr("Style"), tr("Timing"), tr("Both")}, "referenceUse");
  use_->setEnabled(false);
  use_->setToolTip(tr("The engine takes style and timing of a captured motion together; it cannot tell them apart."));
  chosen_ = choice(tr("Chosen by"), {tr("You"), tr("The engine")}, "referenceChosen");
  chosen_->setToolTip(tr("What the engine may choose it looks for anew at every generation; this clip then says nothing."));
  connect(from_, &NumberField::numberEdited, this, [this](double seconds) {
    change(tr("Part of the reference"), [&](ReferenceCondition& reference) { reference.inPoint = ticksFromSeconds(seconds); });
  });
  connect(speed_, &NumberField::numberEdited, this, [this](double percent) {
    change(tr("Speed of the reference"), [&](ReferenceCondition& reference) { reference.speed = percent / 100; });
  });
  connect(mirror_, &SegmentedChoice::chosen, this, [this](int index) {
    change(tr("Mirror the reference"), [&](ReferenceCondition& reference) { reference.mirror = index == 1; });
  });
  connect(chosen_, &SegmentedChoice::chosen, this, [this](int index) {
    change(tr("Who chooses the reference"), [&](ReferenceCondition& reference) { reference.automatic = index == 1; });
  });
}

QWidget* ReferenceClipPage::makeTimes(QWidget* parent) {
  auto* box = new QWidget(parent);
  auto* row = new QHBoxLayout(box);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  start_ = new FrameField(box);
  end_ = new FrameField(box);
  length_ = new FrameField(box);
  length_->setUnit(tr(" f"));
  start_->setObjectName(QStringLiteral("referenceStart"));
  length_->setObjectName(QStringLiteral("referenceLength"));
  row->addLayout(withLabel(tr("Start"), start_, box));
  row->addLayout(withLabel(tr("End"), end_, box));
  row->addLayout(withLabel(tr("Length"), length_, box));
  const auto at = [this](qint64 frame) { return ticksOfFrame(frame, session_.rate()); };
  connect(start_, &FrameField::frameEdited, this, [this, at](qint64 frame) {
    if (const auto now = clip()) {
      session_.document().edit(tr("Move reference"), moveClips(session_.timeline(), std::vector{now->id}, at(frame) - now->span.start));
    }
  });
  connect(end_, &FrameField::frameEdited, this, [this, at](qint64 frame) {
    if (const auto now = clip()) {
      trim({now->span.start, at(frame)});
    }
  });
  connect(length_, &FrameField::frameEdited, this, [this, at](qint64 frames) {
    if (const auto now = clip()) {
      trim({now->span.start, now->span.start + at(frames)});
    }
  });
  return box;
}

std::shared_ptr<const Clip> ReferenceClipPage::clip() const { return session_.timeline().findClip(id_); }

void ReferenceClipPage::trim(TimeRange span) {
  if (const auto now = clip(); now && !span.isEmpty()) {
    session_.document().edit(tr("Trim clip"), trimClip(session_.timeline(), now->id, span));
  } else if (now) {
    showClip(*now, start_->isEnabled());
  }
}

void ReferenceClipPage::change(const QString& step, const std::function<void(ReferenceCondition&)>& edit) {
  const auto now = clip();
  if (isRefreshing_ || !now || !std::holds_alternative<ReferenceCondition>(now->condition)) {
    return;
  }
  Clip changed = *now;
  edit(std::get<ReferenceCondition>(changed.condition));
  session_.document().edit(step, changeClip(session_.timeline(), changed));
}

void ReferenceClipPage::setLibrary(const ClipLibrary* library) {
  library_ = library;
  if (library != nullptr) {
    connect(library, &ClipLibrary::stateChanged, this, [this] {
      if (const auto now = clip()) {
        showClip(*now, start_->isEnabled());
      }
    });
  }
}

void ReferenceClipPage::setHeard(bool heard) {
  isHeard_ = heard;
  if (const auto now = clip()) {
    showClip(*now, start_->isEnabled());
  }
}

void ReferenceClipPage::showClip(const Clip& now, bool isOpen) {
  const auto* reference = std::get_if<ReferenceCondition>(&now.condition);
  if (reference == nullptr) {
    return;
  }
  isRefreshing_ = true;
  id_ = now.id;
  refreshFacts(now, *reference);
  const FrameRate rate = session_.rate();
  from_->setNumber(secondsOf(reference->inPoint));
  speed_->setNumber(reference->speed * 100);
  mirror_->setCurrent(reference->mirror ? 1 : 0);
  use_->setCurrent(2);
  chosen_->setCurrent(reference->automatic ? 1 : 0);
  for (FrameField* field : {start_, end_, length_}) {
    field->setRate(rate);
    field->setEnabled(isOpen);
  }
  const std::int64_t start = nearestFrame(now.span.start, rate), end = nearestFrame(now.span.end, rate);
  start_->setFrame(start);
  end_->setFrame(end);
  length_->setFrame(end - start);
  strength_->setClip(now.id);
  const QString why = isHeard_ ? QString() : tr("This model was not trained to look at captured motion.");
  for (QWidget* field : std::initializer_list<QWidget*>{from_, speed_, mirror_, strength_}) {
    field->setEnabled(isOpen && isHeard_);
  }
  for (QWidget* field : std::initializer_list<QWidget*>{from_, speed_, mirror_}) {
    field->setToolTip(why);
  }
  chosen_->setEnabled(isOpen);
  isRefreshing_ = false;
}

void ReferenceClipPage::refreshFacts(const Clip& now, const ReferenceCondition& reference) {
  const auto found = library_ != nullptr ? library_->clip(reference.clipId) : nullptr;
  const QString id = QString::fromStdString(reference.clipId);
  name_->setText(breakable(now.name.empty() ? (found ? found->title : id) : QString::fromStdString(now.name)));
  const double from = secondsOf(reference.inPoint);
  double until = from + secondsOf(now.span.length()) * reference.speed;
  source_->setText(id);
  source_->setToolTip(id);
  if (found) {
    const double all = secondsOf(found->part().length());
    until = std::min(until, all);
    part_->setText(tr("%1 to %2 s of %3 s").arg(from, 0, 'f', 2).arg(std::max(until, from), 0, 'f', 2).arg(all, 0, 'f', 2));
    if (!found->folder.empty()) {
      source_->setText(id + QStringLiteral("\n") + QString::fromStdString(found->folder));
    }
  } else {
    part_->setText(tr("%1 to %2 s").arg(from, 0, 'f', 2).arg(until, 0, 'f', 2));
  }
  const bool isGone = library_ != nullptr && !library_->knows(reference.clipId);
  QString note;
  if (isGone) {
    note = tr("It came from a folder that is gone; the engine leaves it out.");
  } else if (!isHeard_) {
    note = tr("This model was not trained to look at captured motion.");
  } else if (reference.automatic) {
    note = tr("The engine looks for captured motion itself; this clip only shows what it found.");
  } else if (until - from > windowSeconds() + 0.01) {
    note = tr("The engine looks at the first %1 s of it.").arg(windowSeconds(), 0, 'f', 1);
  }
  note_->setText(note);
  note_->setVisible(!note.isEmpty());
}

}  // namespace kinescore
