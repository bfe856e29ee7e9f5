//! The schemas of the structured arguments of EMR's commands.
// Parity: awscli/customizations/emr/argumentschema.py.

use crate::arguments::{Field, Schema};

const STRING: &Schema = &Schema::String;
const INTEGER: &Schema = &Schema::Integer;
const DOUBLE: &Schema = &Schema::Double;
const BOOLEAN: &Schema = &Schema::Boolean;
const STRINGS: &Schema = &Schema::List(STRING);
const TEXTS: &Schema = &Schema::Map(STRING);

const CONFIGURATIONS: &Schema = &Schema::List(&Schema::Structure(&[
    Field::new("Classification", STRING),
    Field::new("Properties", TEXTS),
    Field::new(
        "Configurations",
        &Schema::List(&Schema::Structure(&[
            Field::new("Classification", STRING),
            Field::new("Properties", TEXTS),
        ])),
    ),
]));

const EBS_CONFIGURATION: &Schema = &Schema::Structure(&[
    Field::new("EbsOptimized", BOOLEAN),
    Field::new(
        "EbsBlockDeviceConfigs",
        &Schema::List(&Schema::Structure(&[
            Field::new(
                "VolumeSpecification",
                &Schema::Structure(&[
                    Field::required("VolumeType", STRING),
                    Field::required("SizeInGB", INTEGER),
                    Field::new("Iops", INTEGER),
                    Field::new("Throughput", INTEGER),
                ]),
            ),
            Field::new("VolumesPerInstance", INTEGER),
        ])),
    ),
]);

const ALARM: &Schema = &Schema::Structure(&[
    Field::new("ComparisonOperator", STRING),
    Field::new("EvaluationPeriods", INTEGER),
    Field::new("MetricName", STRING),
    Field::new("Namespace", STRING),
    Field::new("Period", INTEGER),
    Field::new("Statistic", STRING),
    Field::new("Threshold", DOUBLE),
    Field::new("Unit", STRING),
    Field::new(
        "Dimensions",
        &Schema::List(&Schema::Structure(&[
            Field::new("Key", STRING),
            Field::new("Value", STRING),
        ])),
    ),
]);

const SCALING_RULE: &Schema = &Schema::Structure(&[
    Field::new("Name", STRING),
    Field::new("Description", STRING),
    Field::new(
        "Action",
        &Schema::Structure(&[
            Field::new("Market", STRING),
            Field::new(
                "SimpleScalingPolicyConfiguration",
                &Schema::Structure(&[
                    Field::new("AdjustmentType", STRING),
                    Field::new("ScalingAdjustment", INTEGER),
                    Field::new("CoolDown", INTEGER),
                ]),
            ),
        ]),
    ),
    Field::new(
        "Trigger",
        &Schema::Structure(&[Field::new("CloudWatchAlarmDefinition", ALARM)]),
    ),
]);

pub(super) const INSTANCE_GROUPS: &Schema = &Schema::List(&Schema::Structure(&[
    Field::new("Name", STRING),
    Field::required("InstanceGroupType", STRING),
    Field::new("BidPrice", STRING),
    Field::required("InstanceType", STRING),
    Field::required("InstanceCount", INTEGER),
    Field::new("CustomAmiId", STRING),
    Field::new("EbsConfiguration", EBS_CONFIGURATION),
    Field::new(
        "AutoScalingPolicy",
        &Schema::Structure(&[
            Field::new(
                "Constraints",
                &Schema::Structure(&[
                    Field::new("MinCapacity", INTEGER),
                    Field::new("MaxCapacity", INTEGER),
                ]),
            ),
            Field::new("Rules", &Schema::List(SCALING_RULE)),
        ]),
    ),
    Field::new("Configurations", CONFIGURATIONS),
]));

const CAPACITY_RESERVATION: &Schema = &Schema::Structure(&[
    Field::new("UsageStrategy", STRING),
    Field::new("CapacityReservationPreference", STRING),
    Field::new("CapacityReservationResourceGroupArn", STRING),
]);

pub(super) const INSTANCE_FLEETS: &Schema = &Schema::List(&Schema::Structure(&[
    Field::new("Name", STRING),
    Field::required("InstanceFleetType", STRING),
    Field::new("TargetOnDemandCapacity", INTEGER),
    Field::new("TargetSpotCapacity", INTEGER),
    Field::new(
        "InstanceTypeConfigs",
        &Schema::List(&Schema::Structure(&[
            Field::required("InstanceType", STRING),
            Field::new("WeightedCapacity", INTEGER),
            Field::new("BidPrice", STRING),
            Field::new("BidPriceAsPercentageOfOnDemandPrice", DOUBLE),
            Field::new("CustomAmiId", STRING),
            Field::new("Priority", DOUBLE),
            Field::new("EbsConfiguration", EBS_CONFIGURATION),
            Field::new("Configurations", CONFIGURATIONS),
        ])),
    ),
    Field::new(
        "LaunchSpecifications",
        &Schema::Structure(&[
            Field::new(
                "OnDemandSpecification",
                &Schema::Structure(&[
                    Field::new("AllocationStrategy", STRING),
                    Field::new("CapacityReservationOptions", CAPACITY_RESERVATION),
                ]),
            ),
            Field::new(
                "SpotSpecification",
                &Schema::Structure(&[
                    Field::new("TimeoutDurationMinutes", INTEGER),
                    Field::new("TimeoutAction", STRING),
                    Field::new("BlockDurationMinutes", INTEGER),
                    Field::new("AllocationStrategy", STRING),
                ]),
            ),
        ]),
    ),
    Field::new(
        "ResizeSpecifications",
        &Schema::Structure(&[
            Field::new(
                "SpotResizeSpecification",
                &Schema::Structure(&[
                    Field::new("TimeoutDurationMinutes", INTEGER),
                    Field::new("AllocationStrategy", STRING),
                ]),
            ),
            Field::new(
                "OnDemandResizeSpecification",
                &Schema::Structure(&[
                    Field::new("TimeoutDurationMinutes", INTEGER),
                    Field::new("AllocationStrategy", STRING),
                    Field::new("CapacityReservationOptions", CAPACITY_RESERVATION),
                ]),
            ),
        ]),
    ),
    Field::new("Context", STRING),
]));

pub(super) const EC2_ATTRIBUTES: &Schema = &Schema::Structure(&[
    Field::new("KeyName", STRING),
    Field::new("SubnetId", STRING),
    Field::new("SubnetIds", STRINGS),
    Field::new("AvailabilityZone", STRING),
    Field::new("AvailabilityZones", STRINGS),
    Field::new("InstanceProfile", STRING),
    Field::new("EmrManagedMasterSecurityGroup", STRING),
    Field::new("EmrManagedSlaveSecurityGroup", STRING),
    Field::new("ServiceAccessSecurityGroup", STRING),
    Field::new("AdditionalMasterSecurityGroups", STRINGS),
    Field::new("AdditionalSlaveSecurityGroups", STRINGS),
]);

pub(super) const APPLICATIONS: &Schema = &Schema::List(&Schema::Structure(&[
    Field::required("Name", STRING),
    Field::new("Args", STRINGS),
]));

pub(super) const BOOTSTRAP_ACTIONS: &Schema = &Schema::List(&Schema::Structure(&[
    Field::new("Name", STRING),
    Field::required("Path", STRING),
    Field::new("Args", STRINGS),
]));

pub(super) const STEPS: &Schema = &Schema::List(&Schema::Structure(&[
    Field::new("Type", STRING),
    Field::new("Name", STRING),
    Field::new("ActionOnFailure", STRING),
    Field::new("Jar", STRING),
    Field::new("Args", STRINGS),
    Field::new("MainClass", STRING),
    Field::new("Properties", STRING),
    Field::new("LogUri", STRING),
    Field::new("EncryptionKeyArn", STRING),
]));

pub(super) const HBASE_BACKUP: &Schema = &Schema::Structure(&[
    Field::new("Dir", STRING),
    Field::new("BackupVersion", STRING),
]);

pub(super) const EMRFS: &Schema = &Schema::Structure(&[
    Field::new("Consistent", BOOLEAN),
    Field::new("SSE", BOOLEAN),
    Field::new("RetryCount", INTEGER),
    Field::new("RetryPeriod", INTEGER),
    Field::new("Args", STRINGS),
    Field::new("Encryption", STRING),
    Field::new("ProviderType", STRING),
    Field::new("KMSKeyId", STRING),
    Field::new("CustomProviderLocation", STRING),
    Field::new("CustomProviderClass", STRING),
]);

pub(super) const WORDS: &Schema = &Schema::List(STRING);

pub(super) const WHOLE_NUMBER: &Schema = &Schema::Integer;

pub(super) const KERBEROS_ATTRIBUTES: &Schema = &Schema::Structure(&[
    Field::new("Realm", STRING),
    Field::new("KdcAdminPassword", STRING),
    Field::new("CrossRealmTrustPrincipalPassword", STRING),
    Field::new("ADDomainJoinUser", STRING),
    Field::new("ADDomainJoinPassword", STRING),
]);

pub(super) const MANAGED_SCALING_POLICY: &Schema = &Schema::Structure(&[
    Field::new(
        "ComputeLimits",
        &Schema::Structure(&[
            Field::required("MinimumCapacityUnits", INTEGER),
            Field::required("MaximumCapacityUnits", INTEGER),
            Field::new("MaximumOnDemandCapacityUnits", INTEGER),
            Field::required("UnitType", STRING),
            Field::new("MaximumCoreCapacityUnits", INTEGER),
        ]),
    ),
    Field::new("ScalingStrategy", STRING),
    Field::new("UtilizationPerformanceIndex", INTEGER),
]);

pub(super) const PLACEMENT_GROUP_CONFIGS: &Schema = &Schema::List(&Schema::Structure(&[
    Field::required("InstanceRole", STRING),
    Field::new("PlacementStrategy", STRING),
]));

pub(super) const AUTO_TERMINATION_POLICY: &Schema =
    &Schema::Structure(&[Field::new("IdleTimeout", &Schema::Long)]);

pub(super) const MONITORING_CONFIGURATION: &Schema = &Schema::Structure(&[
    Field::new(
        "CloudWatchLogConfiguration",
        &Schema::Structure(&[
            Field::required("Enabled", BOOLEAN),
            Field::new("LogGroupName", STRING),
            Field::new("LogStreamNamePrefix", STRING),
            Field::new("EncryptionKeyArn", STRING),
            Field::new("LogTypes", &Schema::Map(STRINGS)),
        ]),
    ),
    Field::new(
        "S3LoggingConfiguration",
        &Schema::Structure(&[Field::new("LogTypeUploadPolicy", TEXTS)]),
    ),
]);
