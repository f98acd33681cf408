#include "ui/panels/clip_page.h"

#include <QFileDialog>

#include "ui/document/edit_commands.h"
#include "ui/panels/strength_editor.h"
#include "ui/theme/theme.h"
#include "ui/timeline/timeline_painter.h"

namespace kinescore {

QString chooseFileByDialog(QWidget* parent, const QString& title, const QString& folder) {
  return QFileDialog::getOpenFileName(parent, title, folder, ClipPage::tr("All files (*)"), nullptr, QFileDialog::DontUseNativeDialog);
}

ClipPage::ClipPage(Session& session, const QString& title, QWidget* parent)
    : QWidget(parent), session_(session), title_(title), page_(makePage(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  stateRow_ = new Panel("section", this);
  auto* row = new QHBoxLayout(stateRow_);
  row->setContentsMargins(16, 6, 16, 6);
  stateWords_ = new QLabel(stateRow_);
  stateWords_->setObjectName(QStringLiteral("clip state"));
  stateWords_->setProperty("kind", "label");
  stateWords_->setWordWrap(true);
  stateButton_ = makeLink({}, stateRow_);
  stateButton_->setObjectName(QStringLiteral("clip state button"));
  row->addWidget(stateWords_, 1);
  row->addWidget(stateButton_, 0, Qt::AlignTop);
  column->addWidget(stateRow_);
  column->addWidget(page_.scroll, 1);
  connect(stateButton_, &QPushButton::clicked, this, [this] {
    if (const auto now = clip()) {
      if (now->locked) {
        setSelectedClipsLocked(session_, false);
      } else if (now->muted) {
        setSelectedClipsMuted(session_, false);
      }
    }
  });
}

std::shared_ptr<const Clip> ClipPage::clip() const {
  const auto id = session_.selection().singleClip();
  return id && *id == id_ ? session_.timeline().findClip(*id) : nullptr;
}

bool ClipPage::change(const QString& step, const std::function<void(Clip&)>& apply, GestureId gesture) {
  const auto now = clip();
  if (!now || isFilling_) {
    return false;
  }
  Clip changed = *now;
  apply(changed);
  const bool isDone = session_.document().edit(step, changeClip(session_.timeline(), changed), gesture);
  if (!isDone) {
    refill();
  }
  return isDone;
}

void ClipPage::refill() {
  if (const auto now = clip()) {
    showClip(*now);
  }
}

void ClipPage::setUsable(QWidget* field, bool isUsable, const QString& whyNot) {
  field->setEnabled(isUsable);
  field->setToolTip(isUsable ? QString() : whyNot);
}

void ClipPage::showClip(const Clip& clip) {
  if (isFilling_) {
    return;
  }
  isFilling_ = true;
  id_ = clip.id;
  fillState(clip);
  const FrameRate rate = session_.rate();
  const std::int64_t start = nearestFrame(clip.span.start, rate), end = nearestFrame(clip.span.end, rate);
  for (FrameField* field : {start_, end_, length_, frame_, hold_}) {
    if (field != nullptr) {
      field->setRate(rate);
    }
  }
  if (name_ != nullptr && !name_->hasFocus()) {
    name_->setText(QString::fromStdString(clip.name));
    name_->setPlaceholderText(clipTitle(clip));
  }
  if (start_ != nullptr) {
    start_->setFrame(start);
    end_->setFrame(end);
    length_->setFrame(end - start);
  }
  if (frame_ != nullptr) {
    frame_->setFrame(start);
    hold_->setFrame(std::max<std::int64_t>(1, end - start));
  }
  if (strength_ != nullptr) {
    strength_->setClip(clip.id);
  }
  if (keyStrength_ != nullptr) {
    keyStrength_->setNumber(double(clip.strength.at(Ticks{0})));
  }
  fill(clip);
  isFilling_ = false;
}

void ClipPage::fillState(const Clip& clip) {
  const auto track = session_.timeline().findTrack(clip.trackId);
  const bool isTrackLocked = track && track->locked, isTrackMuted = track && !session_.timeline().isAudible(*track);
  const bool isLocked = clip.locked || isTrackLocked;
  QString words;
  if (isTrackLocked) {
    words = tr("The track is locked; unlock it to change this clip.");
  } else if (clip.locked) {
    words = tr("Locked; unlock it to change it.");
  } else if (clip.muted) {
    words = tr("Muted; the engine leaves it out.");
  } else if (isTrackMuted) {
    words = tr("The track is muted; the engine leaves it out.");
  }
  stateWords_->setText(words);
  stateRow_->setVisible(!words.isEmpty());
  stateButton_->setVisible((clip.locked && !isTrackLocked) || (!isLocked && clip.muted));
  stateButton_->setText(clip.locked ? tr("Unlock") : tr("Hear it"));
  page_.body->setEnabled(!isLocked);
  page_.body->setToolTip(isLocked ? words : QString());
}

void ClipPage::addName() {
  name_ = new QLineEdit(body());
  name_->setObjectName(QStringLiteral("clip name"));
  name_->setAccessibleName(tr("Name"));
  name_->setFixedHeight(measure::kField);
  name_->setMaxLength(500);
  addSection()->addLayout(withLabel(tr("Name"), static_cast<QWidget*>(name_), body()));
  connect(name_, &QLineEdit::editingFinished, this, [this] {
    change(tr("Rename clip"), [this](Clip& changed) { changed.name = name_->text().trimmed().toStdString(); });
  });
}

void ClipPage::addTimes() {
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  start_ = new FrameField(body());
  end_ = new FrameField(body());
  length_ = new FrameField(body());
  start_->setObjectName(QStringLiteral("clip start"));
  end_->setObjectName(QStringLiteral("clip end"));
  length_->setObjectName(QStringLiteral("clip length"));
  length_->setUnit(tr(" f"));
  row->addLayout(withLabel(tr("Start"), start_, body()));
  row->addLayout(withLabel(tr("End"), end_, body()));
  row->addLayout(withLabel(tr("Length"), length_, body()));
  addSection()->addLayout(row);
  const auto span = [this](const std::function<TimeRange(TimeRange, Ticks)>& with) {
    return [this, with](qint64 frame) {
      if (const auto now = clip()) {
        const TimeRange wanted = with(now->span, at(frame));
        if (!wanted.isEmpty()) {
          session_.document().edit(tr("Trim clip"), trimClip(session_.timeline(), now->id, wanted));
        }
        refill();
      }
    };
  };
  connect(start_, &FrameField::frameEdited, this, span([](TimeRange was, Ticks t) { return TimeRange{t, was.end}; }));
  connect(end_, &FrameField::frameEdited, this, span([](TimeRange was, Ticks t) { return TimeRange{was.start, t}; }));
  connect(length_, &FrameField::frameEdited, this, span([](TimeRange was, Ticks t) { return TimeRange{was.start, was.start + t}; }));
}

void ClipPage::addKeyTimes(const QString& moveStep, const QString& holdStep) {
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  frame_ = new FrameField(body());
  hold_ = new FrameField(body());
  hold_->setUnit(tr(" f"));
  hold_->setUsual(1);
  frame_->setObjectName(QStringLiteral("key frame"));
  hold_->setObjectName(QStringLiteral("key hold"));
  row->addLayout(withLabel(tr("Frame"), frame_, body()));
  row->addLayout(withLabel(tr("Hold"), hold_, body()));
  addSection()->addLayout(row);
  connect(frame_, &FrameField::frameEdited, this, [this, moveStep](qint64 frame) {
    if (const auto now = clip()) {
      const std::vector<ObjectId> ids{now->id};
      session_.document().edit(moveStep, moveClips(session_.timeline(), ids, at(frame) - now->span.start));
      refill();
    }
  });
  connect(hold_, &FrameField::frameEdited, this, [this, holdStep](qint64 frames) {
    if (const auto now = clip()) {
      session_.document().edit(holdStep, holdKey(session_.timeline(), now->id, now->span.start + at(std::max<qint64>(1, frames))));
      refill();
    }
  });
}

void ClipPage::addStrength(const QString& whyNot) {
  QVBoxLayout* section = addSection();
  auto* row = new QHBoxLayout;
  auto* value = new QLabel(body());
  value->setFont(numberFont(11));
  value->setStyleSheet(QStringLiteral("font-size: 11px;"));
  row->addWidget(makeLabel(tr("Strength"), body()));
  row->addStretch();
  row->addWidget(value);
  section->addLayout(row);
  strength_ = new StrengthEditor(session_, body());
  section->addWidget(strength_);
  connect(strength_, &StrengthEditor::valueShown, value, &QLabel::setText);
  if (!whyNot.isEmpty()) {
    setUsable(strength_, false, whyNot);
    value->hide();
  }
}

void ClipPage::addKeyStrength() {
  keyStrength_ = new NumberField(2, 0, 1, body());
  keyStrength_->setObjectName(QStringLiteral("key strength"));
  keyStrength_->setUsual(1);
  addSection()->addLayout(withLabel(tr("Strength"), keyStrength_, body()));
  connect(keyStrength_, &NumberField::numberEdited, this, [this](double strength) {
    change(tr("Strength"), [strength](Clip& changed) {
      changed.strength.points.clear();
      if (strength < 1) {
        changed.strength.points.push_back({Ticks{0}, float(strength)});
      }
    });
  });
}

QLabel* ClipPage::addNote(const QString& words) {
  auto* note = makeLabel(words, body());
  note->setWordWrap(true);
  addSection()->addWidget(note);
  return note;
}

}  // namespace kinescore
