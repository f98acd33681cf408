#include "engine/motion/kinematics.h"
#include "ui/document/clip_adding.h"
#include "ui/document/contact_commands.h"
#include "ui/panels/key_pages.h"
#include "ui/theme/theme.h"

namespace kinescore {
namespace {

/// A button row under a key: go there, take what is on screen.
QPushButton* addKeyButtons(Session& session, QVBoxLayout* section, QWidget* parent, const QString& takeWords,
                           const std::function<std::shared_ptr<const Clip>()>& clip) {
  auto* row = new QHBoxLayout;
  row->setSpacing(8);
  auto* goTo = new QPushButton(ClipPage::tr("Go to"), parent);
  goTo->setObjectName(QStringLiteral("go to key"));
  auto* take = new QPushButton(takeWords, parent);
  take->setObjectName(QStringLiteral("take from screen"));
  row->addWidget(goTo);
  row->addWidget(take, 1);
  section->addLayout(row);
  QObject::connect(goTo, &QPushButton::clicked, parent, [&session, clip] {
    if (const auto now = clip()) {
      session.playback().pause();
      session.playback().seek(now->span.start);
    }
  });
  return take;
}

NumberField* makeTolerance(QWidget* parent) {
  auto* field = new NumberField(1, 0.1, 50, parent);
  field->setObjectName(QStringLiteral("tolerance"));
  field->setUsual(1);
  return field;
}

}  // namespace

// ---- a place ----------------------------------------------------------------------------------

PlaceFields::PlaceFields(QWidget* parent) : QWidget(parent) {
  auto* row = new QHBoxLayout(this);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(8);
  const std::array<QString, 3> names{tr("x, m"), tr("y (up), m"), tr("z, m")};
  for (std::size_t axis = 0; axis < axes_.size(); ++axis) {
    axes_[axis] = new NumberField(3, -1000, 1000, this);
    axes_[axis]->setObjectName(QStringLiteral("place %1").arg(axis));
    row->addLayout(withLabel(names[axis], axes_[axis], this));
    connect(axes_[axis], &NumberField::numberEdited, this, &PlaceFields::placeEdited);
  }
}

void PlaceFields::setPlace(const glm::vec3& meters) {
  for (int axis = 0; axis < 3; ++axis) {
    axes_[std::size_t(axis)]->setNumber(double(meters[axis]));
  }
}

glm::vec3 PlaceFields::place() const {
  return {float(axes_[0]->number()), float(axes_[1]->number()), float(axes_[2]->number())};
}

// ---- pose -------------------------------------------------------------------------------------

PosePage::PosePage(Session& session, QWidget* parent) : ClipPage(session, tr("Pose"), parent) {
  addName();
  addKeyTimes(tr("Move pose"), tr("Hold pose"));
  tolerance_ = makeTolerance(body());
  addSection()->addLayout(withLabel(tr("Tolerance, cm"), tolerance_, body()));
  addKeyStrength();
  QPushButton* take = addKeyButtons(session, addSection(), body(), tr("Take the pose on screen"), [this] { return clip(); });
  addStretch();
  connect(tolerance_, &NumberField::numberEdited, this, [this](double centimeters) {
    change(tr("Tolerance"), [&](Clip& changed) { std::get<PoseCondition>(changed.condition).toleranceMeters = float(centimeters / 100); });
  });
  connect(take, &QPushButton::clicked, this, [this] {
    change(tr("Change pose"), [this](Clip& changed) {
      std::get<PoseCondition>(changed.condition).pose = session_.poseAt(session_.playback().position());
    });
  });
}

void PosePage::fill(const Clip& clip) {
  tolerance_->setNumber(double(std::get<PoseCondition>(clip.condition).toleranceMeters) * 100);
}

// ---- target -----------------------------------------------------------------------------------

TargetPage::TargetPage(Session& session, QWidget* parent) : ClipPage(session, tr("Target"), parent) {
  addName();
  addKeyTimes(tr("Move target"), tr("Hold target"));
  joint_ = new ChoiceBox(body());
  joint_->setObjectName(QStringLiteral("joint"));
  joint_->setAccessibleName(tr("Joint"));
  joint_->setFixedHeight(measure::kField);
  // The usual ones first, then the rest of the figure.
  std::vector<int> joints = targetJoints();
  const std::size_t usual = joints.size();
  for (int joint = 0; joint < kJointCount22; ++joint) {
    if (std::find(joints.begin(), joints.begin() + std::ptrdiff_t(usual), joint) == joints.begin() + std::ptrdiff_t(usual)) {
      joints.push_back(joint);
    }
  }
  for (const int joint : joints) {
    joint_->addItem(jointName(joint), joint);
  }
  joint_->insertSeparator(int(usual));
  addSection()->addLayout(withLabel(tr("Joint"), static_cast<QWidget*>(joint_), body()));
  place_ = new PlaceFields(body());
  addSection()->addWidget(place_);
  tolerance_ = makeTolerance(body());
  addSection()->addLayout(withLabel(tr("Tolerance, cm"), tolerance_, body()));
  addKeyStrength();
  QPushButton* take = addKeyButtons(session, addSection(), body(), tr("Take the place on screen"), [this] { return clip(); });
  addStretch();
  connect(joint_, &QComboBox::activated, this, [this](int row) {
    const int joint = joint_->itemData(row).toInt();
    change(tr("Joint of target"), [joint](Clip& changed) {
      auto& target = std::get<TargetCondition>(changed.condition);
      if (changed.name == jointName(target.joint).toStdString()) {
        changed.name = jointName(joint).toStdString();
      }
      target.joint = joint;
    });
  });
  connect(place_, &PlaceFields::placeEdited, this, [this] {
    change(tr("Place of target"), [this](Clip& changed) { std::get<TargetCondition>(changed.condition).position = place_->place(); });
  });
  connect(tolerance_, &NumberField::numberEdited, this, [this](double centimeters) {
    change(tr("Tolerance"), [&](Clip& changed) { std::get<TargetCondition>(changed.condition).toleranceMeters = float(centimeters / 100); });
  });
  connect(take, &QPushButton::clicked, this, [this] {
    change(tr("Place of target"), [this](Clip& changed) {
      auto& target = std::get<TargetCondition>(changed.condition);
      const WorldPose world = forwardKinematics(*kinescore22(), session_.poseAt(session_.playback().position()));
      target.position = world.positions[std::size_t(target.joint)];
    });
  });
}

void TargetPage::fill(const Clip& clip) {
  const auto& target = std::get<TargetCondition>(clip.condition);
  joint_->setCurrentIndex(joint_->findData(target.joint));
  place_->setPlace(target.position);
  tolerance_->setNumber(double(target.toleranceMeters) * 100);
}

// ---- contact ----------------------------------------------------------------------------------

ContactPage::ContactPage(Session& session, QWidget* parent) : ClipPage(session, tr("Planted foot"), parent) {
  addName();
  QVBoxLayout* section = addSection();
  foot_ = new SegmentedChoice({tr("Left"), tr("Right")}, body());
  foot_->setObjectName(QStringLiteral("foot"));
  part_ = new SegmentedChoice({tr("Heel"), tr("Toe"), tr("Both")}, body());
  part_->setObjectName(QStringLiteral("foot part"));
  section->addLayout(withLabel(tr("Foot"), static_cast<QWidget*>(foot_), body()));
  section->addLayout(withLabel(tr("What stands"), static_cast<QWidget*>(part_), body()));
  addTimes();
  QVBoxLayout* where = addSection();
  keeps_ = new SegmentedChoice({tr("Where it is found"), tr("At a place")}, body());
  keeps_->setObjectName(QStringLiteral("contact place"));
  keeps_->setToolTip(tr("Left to the engine, or kept at a place: the one on screen at first, then as you type or drag it."));
  where->addLayout(withLabel(tr("Place"), static_cast<QWidget*>(keeps_), body()));
  place_ = new PlaceFields(body());
  where->addWidget(place_);
  hardness_ = new SegmentedChoice({tr("Hard"), tr("Soft")}, body());
  hardness_->setObjectName(QStringLiteral("contact hardness"));
  addSection()->addLayout(withLabel(tr("Hold"), static_cast<QWidget*>(hardness_), body()));
  setUsable(hardness_, false, tr("The engine plants every foot hard; it takes no soft ones yet."));
  addStrength(tr("A foot is planted or not; the engine takes no strength of it."));
  addStretch();
  connect(foot_, &SegmentedChoice::chosen, this, [this](int foot) { choosePart(foot, part_->current()); });
  connect(part_, &SegmentedChoice::chosen, this, [this](int part) { choosePart(foot_->current(), part); });
  connect(keeps_, &SegmentedChoice::chosen, this, [this](int keeps) {
    change(tr("Place of foot"), [&](Clip& changed) {
      auto& place = std::get<ContactCondition>(changed.condition).place;
      place = keeps == 1 ? std::optional(placeOnScreen(changed)) : std::nullopt;
    });
  });
  connect(place_, &PlaceFields::placeEdited, this, [this] {
    change(tr("Place of foot"), [this](Clip& changed) { std::get<ContactCondition>(changed.condition).place = place_->place(); });
  });
}

glm::vec3 ContactPage::placeOnScreen(const Clip& clip) const {
  const WorldPose world = forwardKinematics(*kinescore22(), session_.poseAt(clip.span.start));
  return world.positions[std::size_t(kContactJoints[std::size_t(std::get<ContactCondition>(clip.condition).contact)])];
}

void ContactPage::choosePart(int foot, int part) {
  const auto now = clip();
  if (!now || isFilling() || chooseFootPart(session_, now->id, foot, FootPart(part))) {
    return;
  }
  if (const auto still = clip()) {  // refused: the fields say what stands
    showClip(*still);
  }
}

void ContactPage::fill(const Clip& clip) {
  const auto& contact = std::get<ContactCondition>(clip.condition);
  foot_->setCurrent(contact.contact / 2);
  part_->setCurrent(int(footPartOf(session_.timeline(), clip)));
  hardness_->setCurrent(contact.hard ? 0 : 1);
  keeps_->setCurrent(contact.place ? 1 : 0);
  place_->setPlace(contact.place.value_or(placeOnScreen(clip)));
  setUsable(place_, contact.place.has_value(), tr("The engine finds the place; choose “At a place” to keep one."));
}

}  // namespace kinescore
