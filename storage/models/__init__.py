"""The tables. Each class says what one row is; nothing here acts."""

from storage.models.deliveries import Delivery, MessageLink
from storage.models.desks import BotState, Desk, DeskTopic, Lease, Pace
from storage.models.learning import Label, ModelVersion
from storage.models.people import Address, Agent, Customer
from storage.models.records import CommunicationRecord, Parked, StoredAttachment
from storage.models.requests import (
    AfterSalesCase,
    AwaitedMessage,
    CustomerRequest,
    Event,
    FoundFact,
    Participant,
)

__all__ = [
    "Address",
    "AfterSalesCase",
    "Agent",
    "AwaitedMessage",
    "BotState",
    "CommunicationRecord",
    "Customer",
    "CustomerRequest",
    "Delivery",
    "Desk",
    "DeskTopic",
    "Event",
    "FoundFact",
    "Label",
    "Lease",
    "MessageLink",
    "ModelVersion",
    "Pace",
    "Parked",
    "Participant",
    "StoredAttachment",
]
