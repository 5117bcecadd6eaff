"""One message of every kind that keeps every rule, with as many fields as there are; made here, in JSON form."""

import copy
from typing import Any

from dronewall.formats.sapient.messages import framed, from_object

NODE = "6f582b41-6c88-481c-bb0f-6021a1739f57"
FUSION = "cee8b0c3-b739-49f5-9bd4-b5353b5ebb98"
ULIDS = [f"01GGYFBAXGDG7AGAHRZ6XSNY{n:02d}" for n in range(30)]
SECONDS = {"units": "TIME_UNITS_SECONDS", "value": 1}
DEGREES = "LOCATION_COORDINATE_SYSTEM_LAT_LNG_DEG_M"
PLACE = {
    "x": 27.3,
    "y": 56.5,
    "z": 180.0,
    "xError": 0.0002,
    "yError": 0.0001,
    "zError": 12.0,
    "coordinateSystem": DEGREES,
    "datum": "LOCATION_DATUM_WGS84_E",
}
BEARING = {
    "azimuth": 71.5,
    "elevation": 2.0,
    "range": 8200.0,
    "azimuthError": 0.5,
    "elevationError": 0.7,
    "rangeError": 15.0,
    "coordinateSystem": "RANGE_BEARING_COORDINATE_SYSTEM_DEGREES_M",
    "datum": "RANGE_BEARING_DATUM_TRUE",
}
CONE = {**BEARING, "horizontalExtent": 90.0, "verticalExtent": 20.0}
AREA = {"locationList": {"locations": [PLACE, PLACE, PLACE]}}
LOCATION_TYPE = {"locationUnits": DEGREES, "locationDatum": "LOCATION_DATUM_WGS84_E", "zone": "35V"}
PERFORMANCE = {"type": "FAR", "units": "1/h", "unitValue": "2", "variationType": "linear"}
FILTER = {"parameter": "speed", "operators": ["OPERATOR_GREATER_THAN"]}
FILE = {"type": "image", "url": "http://node/1.jpg"}
RELATED = {
    "timestamp": "2026-05-07T00:12:02Z",
    "nodeId": NODE,
    "objectId": ULIDS[3],
    "associationType": "ASSOCIATION_RELATION_SIBLING",
}
PARAMETER = {"name": "speed", "operator": "OPERATOR_GREATER_THAN", "value": 20.0}
CLASS_FILTER = {"parameter": PARAMETER, "type": "Air vehicle", "priority": "DISCRETE_THRESHOLD_LOW"}
INFO = {"type": "colour", "value": "grey", "error": 0.1}

CONTENT: dict[str, dict[str, Any]] = {
    "registration": {
        "nodeDefinition": [{"nodeType": "NODE_TYPE_RADAR", "nodeSubType": ["X band"]}],
        "icdVersion": "BSI Flex 335 v2.0",
        "capabilities": [{"category": "radar", "type": "instrumented range", "value": "25", "units": "km"}],
        "statusDefinition": {
            "statusInterval": {"units": "TIME_UNITS_SECONDS", "value": 5},
            "locationDefinition": LOCATION_TYPE,
            "statusReport": [{"category": "STATUS_REPORT_CATEGORY_POWER", "type": "level", "units": "%"}],
        },
        "modeDefinition": [
            {
                "modeName": "default",
                "modeType": "MODE_TYPE_DEFAULT",
                "settleTime": SECONDS,
                "modeParameter": [{"type": "sector", "value": "0-360"}],
                "detectionDefinition": [
                    {
                        "locationType": LOCATION_TYPE,
                        "detectionPerformance": [PERFORMANCE],
                        "detectionReport": [
                            {"category": "DETECTION_REPORT_CATEGORY_TRACK", "type": "rcs", "units": "dBsm"}
                        ],
                        "detectionClassDefinition": [
                            {
                                "confidenceDefinition": "CONFIDENCE_DEFINITION_SINGLE_CLASS",
                                "classPerformance": [PERFORMANCE],
                                "classDefinition": [{"type": "Air vehicle", "subClass": [{"type": "UAV", "level": 1}]}],
                                "taxonomyDockDefinition": [
                                    {
                                        "DockClassNamespace": "sapient_core",
                                        "DockClass": "Air vehicle",
                                        "ExtensionSubclass": [{"SubclassNamespace": "x", "SubclassName": "glider"}],
                                    }
                                ],
                            }
                        ],
                        "behaviourDefinition": [{"type": "loitering"}],
                        "velocityType": {
                            "enuVelocityUnits": {
                                "eastNorthRateUnits": "SPEED_UNITS_KPH",
                                "upRateUnits": "SPEED_UNITS_MS",
                            },
                            "locationDatum": "LOCATION_DATUM_WGS84_E",
                        },
                        "geometricError": {
                            "type": "standard deviation",
                            "units": "m",
                            "variationType": "linear",
                            "performanceValue": [PERFORMANCE],
                        },
                    }
                ],
                "task": {
                    "concurrentTasks": 1,
                    "regionDefinition": {
                        "regionType": ["REGION_TYPE_IGNORE"],
                        "regionArea": [LOCATION_TYPE],
                        "classFilterDefinition": [
                            {
                                "type": "Air vehicle",
                                "filterParameter": [FILTER],
                                "subClassDefinition": [{"type": "UAV", "level": 1, "filterParameter": [FILTER]}],
                            }
                        ],
                        "behaviourFilterDefinition": [{"type": "loitering", "filterParameter": [FILTER]}],
                    },
                    "command": [{"units": "mode", "completionTime": SECONDS, "type": "COMMAND_TYPE_MODE_CHANGE"}],
                },
            }
        ],
        "dependentNodes": [FUSION],
        "reportingRegion": [AREA],
        "configData": [{"manufacturer": "ACME", "model": "R1", "subComponents": [{"manufacturer": "A", "model": "B"}]}],
    },
    "registrationAck": {"acceptance": True},
    "statusReport": {
        "reportId": ULIDS[0],
        "system": "SYSTEM_OK",
        "info": "INFO_NEW",
        "activeTaskId": ULIDS[1],
        "mode": "default",
        "power": {"source": "POWERSOURCE_MAINS", "status": "POWERSTATUS_OK", "level": 100},
        "nodeLocation": PLACE,
        "fieldOfView": {"rangeBearing": CONE},
        "coverage": [AREA],
        "status": [{"statusLevel": "STATUS_LEVEL_WARNING_STATUS", "statusType": "STATUS_TYPE_WEATHER"}],
    },
    "detectionReport": {
        "reportId": ULIDS[0],
        "objectId": ULIDS[1],
        "taskId": ULIDS[2],
        "state": "seen",
        "rangeBearing": BEARING,
        "detectionConfidence": 0.9,
        "trackInfo": [INFO],
        "objectInfo": [INFO],
        "predictionLocation": {"location": PLACE, "predictedTimestamp": "2026-05-07T00:12:04Z"},
        "classification": [
            {
                "type": "Air vehicle",
                "confidence": 0.9,
                "subClass": [{"type": "UAV Rotary Wing", "confidence": 0.6, "level": 1}],
            }
        ],
        "behaviour": [{"type": "loitering", "confidence": 0.2}],
        "associatedFile": [FILE],
        "signal": [{"amplitude": 1.0, "startFrequency": 2.4e9, "centreFrequency": 2.41e9, "stopFrequency": 2.42e9}],
        "associatedDetection": [RELATED],
        "derivedDetection": [{"timestamp": "2026-05-07T00:12:02Z", "nodeId": NODE, "objectId": ULIDS[3]}],
        "enuVelocity": {"eastRate": 36.0, "northRate": -18.0, "upRate": 1.0, "eastRateError": 1.0},
    },
    "task": {
        "taskId": ULIDS[0],
        "taskStartTime": "2026-05-07T00:12:00Z",
        "taskEndTime": "2026-05-07T00:13:00Z",
        "control": "CONTROL_START",
        "region": [
            {
                "type": "REGION_TYPE_IGNORE",
                "regionId": ULIDS[4],
                "regionName": "car park",
                "regionArea": AREA,
                "classFilter": [{**CLASS_FILTER, "subClassFilter": [CLASS_FILTER]}],
                "behaviourFilter": [CLASS_FILTER],
            }
        ],
        "command": {"lookAt": {"rangeBearing": CONE}},
    },
    "taskAck": {"taskId": ULIDS[0], "taskStatus": "TASK_STATUS_REJECTED", "reason": ["no"], "associatedFile": FILE},
    "alert": {
        "alertId": ULIDS[0],
        "alertType": "ALERT_TYPE_WARNING",
        "status": "ALERT_STATUS_ACTIVE",
        "description": "x",
        "location": PLACE,
        "regionId": ULIDS[1],
        "priority": "DISCRETE_PRIORITY_LOW",
        "ranking": 0.1,
        "confidence": 0.5,
        "associatedFile": [FILE],
        "associatedDetection": [RELATED],
    },
    "alertAck": {"alertId": ULIDS[0], "alertAckStatus": "ALERT_ACK_STATUS_ACCEPTED"},
    "error": {"packet": "AAEC", "errorMessage": ["it was no message"]},
}


def said(kind: str, *, node: str = NODE, time: str = "2026-05-07T00:12:03.250Z", **changes: Any) -> dict[str, Any]:
    """A message of a kind with some of its content changed; None takes a field away."""
    content = {**copy.deepcopy(CONTENT[kind]), **changes}
    kept = {key: value for key, value in content.items() if value is not None}
    return {"timestamp": time, "nodeId": node, "destinationId": FUSION, kind: kept}


def wire(*messages: dict[str, Any]) -> bytes:
    """Messages as they go over a line, whatever rules they break."""
    return b"".join(framed(from_object(message)[0]) for message in messages)


STREAM = wire(
    said("registration"),
    said("statusReport"),
    said("detectionReport"),
    said("detectionReport", rangeBearing=None, location=PLACE, classification=None),
    said("detectionReport", time="2026-05-07T00:12:04.250Z"),
    said("alert"),
    said("statusReport", time="2026-05-07T00:12:05Z", info="INFO_UNCHANGED", system="SYSTEM_GOODBYE"),
)
